"""Search by meaning: texts and documents as vectors, the nearest ones, exactly or through an index."""

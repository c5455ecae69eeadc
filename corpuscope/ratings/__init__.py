"""What a corpus says about the quality of its documents: which fields are ratings, and how they lie over a query."""

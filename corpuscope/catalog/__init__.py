"""Fields as memory-mapped columns: filters, facets, sorts and SQL expressions over them."""

"""One document, whole: a page of its text, what the query matched in it, its fields, and the hits beside it."""

"""HTTP routes and headers beside the pages."""

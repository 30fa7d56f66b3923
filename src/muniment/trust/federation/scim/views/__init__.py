"""The page of a directory, and what directories speak to."""

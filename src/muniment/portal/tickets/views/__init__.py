"""Pages about what clients ask the firm for."""

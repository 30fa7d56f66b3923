"""Pages about how people come and go."""

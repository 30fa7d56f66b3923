"""Keys: what they seal, how they turn, and how they are destroyed."""

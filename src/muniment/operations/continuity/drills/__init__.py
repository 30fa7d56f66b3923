"""Drills: the newest backup is restored beside the running portal, looked at from all sides, and removed."""

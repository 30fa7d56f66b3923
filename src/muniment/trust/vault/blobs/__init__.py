"""Sealed bytes: received, read, moved and collected."""

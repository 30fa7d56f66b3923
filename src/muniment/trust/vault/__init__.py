"""Sealed bytes, sealed fields, and the keys to them."""

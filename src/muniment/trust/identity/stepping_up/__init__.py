"""Confirming again that it is still the same person, before what matters."""

"""Measures a portal, started as its users start it, against nginx and openssl on the same machine in the same run."""

"""Check receipts, exports, checkpoints and promises of a Muniment log, with the standard library alone."""

__version__ = "1.0.0"

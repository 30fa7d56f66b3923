"""Every act by which something of a log leaves it."""

from muniment.trust.disclosure.actions.exports import export_log

__all__ = ["export_log"]

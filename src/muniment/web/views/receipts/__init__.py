"""Receipts: one entry with its proof, what was earned, letters about the log."""

from muniment.web.views.receipts.entry import entry, mail, take
from muniment.web.views.receipts.letters import letters
from muniment.web.views.receipts.listing import listing, pack

__all__ = ["entry", "letters", "listing", "mail", "pack", "take"]

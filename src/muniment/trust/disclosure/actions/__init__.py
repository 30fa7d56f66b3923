"""Every act by which something of a log leaves it."""

from muniment.trust.disclosure.actions.exports import export_log
from muniment.trust.disclosure.actions.receipts import mail_receipt, pack_receipts, take_receipt

__all__ = ["export_log", "mail_receipt", "pack_receipts", "take_receipt"]

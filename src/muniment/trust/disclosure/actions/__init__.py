"""Every act by which something of a log leaves it."""

from muniment.trust.disclosure.actions.exports import export_log
from muniment.trust.disclosure.actions.letters import (
    send_receipts,
    set_letters,
    write_month_letter,
    write_weekly_letter,
)
from muniment.trust.disclosure.actions.receipts import mail_receipt, pack_receipts, take_receipt

__all__ = [
    "export_log",
    "mail_receipt",
    "pack_receipts",
    "send_receipts",
    "set_letters",
    "take_receipt",
    "write_month_letter",
    "write_weekly_letter",
]

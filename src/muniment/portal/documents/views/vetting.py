"""What people are told about a version that nobody can open."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from muniment.portal.documents.forms import RULED_WORDS
from muniment.trust.vault.types import Verdict, Vetting

# Code: what was found, as a title, and what it means.
REASONS = {
    "virus": (lazy("A virus was found"), lazy("It cannot be let go. The firm can only destroy it.")),
    "bomb": (lazy("It would not stop unpacking"), lazy("It is built to fill a computer. It cannot be let go.")),
    "scanner-down": (
        lazy("The virus scanner does not answer"),
        lazy("It is checked as soon as the scanner is back. Nothing is lost, and nothing need be done."),
    ),
    "busy": (
        lazy("It could not be looked into just now"),
        lazy("It is tried again every minute. Nothing is lost, and nothing need be done."),
    ),
    "too-large-to-scan": (
        lazy("It is too large for the virus scanner"),
        lazy("Nobody has scanned it. Send it in smaller parts, or ask the firm to let it go."),
    ),
    "not-fully-scanned": (
        lazy("The virus scanner could not look at all of it"),
        lazy("It holds too much, or too many things inside each other."),
    ),
    "kind": (
        lazy("This kind of file is not let in"),
        lazy("It, or something inside it, is of a kind that the rules for this space hold back: {detail}."),
    ),
    "macros": (
        lazy("It holds macros"),
        lazy("Macros are programs that run when the document is opened. Send it without them."),
    ),
    "active": (lazy("It holds a script"), lazy("This PDF starts something when it is opened. Send it printed anew.")),
    "encrypted": (
        lazy("It is locked with a password"),
        lazy("Nobody can look inside. Send it without a password: the portal encrypts everything it keeps."),
    ),
    "card-numbers": (
        lazy("It holds the number of a payment card"),
        lazy("The portal keeps no card numbers: a stolen one can be used anywhere. Send it without the number."),
    ),
    "polyglot": (
        lazy("It is two kinds of file at once"),
        lazy("What a checker sees is not what a program would open."),
    ),
    "too-large": (lazy("It holds too much"), lazy("There is more inside than can be looked at.")),
    "too-many": (lazy("It holds too many things"), lazy("There is more inside than can be looked at.")),
    "too-deep": (lazy("Archives lie inside archives"), lazy("Nobody looks that deep. Send what is inside.")),
    "closed": (
        lazy("This archive cannot be looked into"),
        lazy("The portal looks into zip, tar, gzip, bzip2 and xz. Send one of these, or what is inside."),
    ),
    "broken": (lazy("It is damaged"), lazy("It cannot be read to its end, so nobody can say what is in it.")),
    "destroyed": (lazy("The firm destroyed it"), lazy("Nobody can open it any more. The log says who and when.")),
}


def shown(vetting: Vetting) -> dict[str, Any]:
    """Return what a page shows about the vetting of a version."""
    title, meaning = REASONS.get(vetting.reason, ("", ""))
    detail = str(RULED_WORDS.get(vetting.detail, vetting.detail))
    return {
        "is_open": vetting.is_open,
        "is_waiting": vetting.verdict == Verdict.WAITING,
        "is_final": vetting.is_final,
        "is_refused": vetting.verdict == Verdict.REFUSED,
        "is_released": vetting.verdict == Verdict.RELEASED,
        "title": str(title),
        "meaning": str(meaning).format(detail=detail),
        "detail": vetting.detail if vetting.reason == "virus" else "",
        "scanner": vetting.scanner or _("no virus scanner looked"),
        "at": vetting.vetted_at,
    }

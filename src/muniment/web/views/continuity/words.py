"""What backups, orders and drills are called, why one failed, and how long something took, in words."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

Words = Promise | str

KINDS: Final[dict[str, Words]] = {
    "base": lazy("The whole database"),
    "incremental": lazy("What changed in the database"),
    "wal": lazy("The running log of changes"),
    "store": lazy("The documents"),
    "bundle": lazy("Database and documents in one file"),
}
STATES: Final[dict[str, tuple[str, Words]]] = {
    "running": ("blue", lazy("Under way")),
    "done": ("green", lazy("Made")),
    "failed": ("red", lazy("Failed")),
}
WHAT: Final[dict[str, Words]] = {
    "backup": lazy("Backup"),
    "check": lazy("Check of the repository"),
    "drill": lazy("Drill"),
    "restore_document": lazy("Bringing one document back"),
    "restore_client": lazy("Bringing a whole client back"),
}
ORDER_STATES: Final[dict[str, tuple[str, Words]]] = {
    "asked": ("brass", lazy("Waits its turn")),
    "taken": ("blue", lazy("Under way")),
    "done": ("green", lazy("Done")),
    "failed": ("red", lazy("Failed")),
}
DRILL_STATES: Final[dict[str, tuple[str, Words]]] = {
    "running": ("blue", lazy("Under way")),
    "passed": ("green", lazy("Passed")),
    "failed": ("red", lazy("Failed")),
}
STEPS: Final[dict[str, Words]] = {
    "": lazy("Begins within seconds"),
    "store": lazy("Copies the documents"),
    "log": lazy("Takes the latest changes along"),
    "keeping": lazy("Removes what is older than the rules keep"),
    "check": lazy("Reads the repository back"),
    "room": lazy("Looks whether there is room"),
    "waiting": lazy("Waits until the latest changes are in the repository"),
    "replay": lazy("Plays the log of changes forward"),
    "rows": lazy("Counts the rows of every table"),
    "logs": lazy("Holds the logs against their checkpoints"),
    "structure": lazy("Checks tables and indexes"),
    "walls": lazy("Checks the walls between clients"),
    "sign-in": lazy("Signs in once"),
    "removing": lazy("Removes what was brought back for the drill"),
}
STEPS_OF: Final[dict[tuple[str, str], Words]] = {
    ("backup", "database"): lazy("Copies the database"),
    ("drill", "database"): lazy("Brings the database back"),
    ("drill", "documents"): lazy("Opens documents"),
    ("restore_document", "database"): lazy("Brings the database back, beside the portal"),
    ("restore_document", "documents"): lazy("Puts the document back"),
    ("restore_client", "database"): lazy("Brings the database back, beside the portal"),
    ("restore_client", "documents"): lazy("Puts the documents back"),
}
TROUBLES: Final[dict[str, Words]] = {
    "away": lazy("The repository does not answer, or its place is not there. It is tried again by itself."),
    "locked": lazy("Another program was writing into the repository. It is tried again by itself."),
    "damaged": lazy("Something in the repository cannot be read back. Check it, and make a new backup elsewhere."),
    "full": lazy("There is no room left in the repository. Give it more, or keep less."),
    "wrong-password": lazy("The repository was made with another key than keys/backup.key."),
    "no-database": lazy("The database did not answer. It is tried again by itself."),
    "interrupted": lazy("It was stopped in the middle: the machine or the program went down. It is tried again."),
    "gap": lazy("A piece of the log of changes is missing. A new backup of the whole database closes the gap."),
    "no-room": lazy("The disk of this machine is full. Make room, and it goes on."),
    "not-found": lazy("What was asked for is in no backup."),
    "refused": lazy("A rule of the portal forbids it. The log says which."),
    "broken": lazy("Something unexpected happened. The logs of this installation say what."),
}
OUTCOMES: Final[dict[str, tuple[str, str, Words]]] = {
    "passed": ("green", "circle-check", lazy("As it should be")),
    "failed": ("red", "circle-alert", lazy("Not as it should be")),
    "skipped": ("line", "info", lazy("Not looked at this time")),
}
CHECKS: Final[dict[str, tuple[Words, Words]]] = {
    "replay": (lazy("The log of changes"), lazy("It was played forward to its end.")),
    "rows": (lazy("Rows of every table"), lazy("As many as were counted and signed at that moment.")),
    "logs": (lazy("The logs of clients"), lazy("Their trees hold every checkpoint that was given away.")),
    "documents": (lazy("Documents"), lazy("They open, and their bytes have the hash that was written down.")),
    "structure": (lazy("Tables and indexes"), lazy("PostgreSQL's own check (amcheck) found them whole.")),
    "walls": (lazy("Walls between clients"), lazy("The rules that keep clients apart came back as they are.")),
    "sign-in": (lazy("One sign-in"), lazy("Somebody could sign in there.")),
    "loss": (lazy("How much would have been lost"), lazy("Against the objective.")),
    "recovery": (lazy("How long until people work again"), lazy("Against the objective.")),
}
SECONDS: Final = frozenset({"loss", "recovery"})

MINUTE: Final = 60
HOUR: Final = 3600
DAY: Final = 86_400


def trouble(code: str) -> Words:
    """Return why something failed; of a code that has no sentence, the code. Empty for none."""
    if not code:
        return ""
    return TROUBLES.get(code) or _("It failed (%(code)s). The logs of this installation say more.") % {"code": code}


def step(what: str, code: str) -> Words:
    """Return what an order is doing; of a step that has no words, its code."""
    return STEPS_OF.get((what, code)) or STEPS.get(code, code)


def lasted(seconds: float | None) -> str:
    """Return a length as people say it, in its two largest units: "2 min 10 s"; empty for none."""
    if seconds is None:
        return ""
    whole = max(0, round(seconds))
    if whole < MINUTE:
        return _("%(n)s s") % {"n": whole}
    if whole < HOUR:
        return _pair(_("%(n)s min"), whole // MINUTE, _("%(n)s s"), whole % MINUTE)
    if whole < DAY:
        return _pair(_("%(n)s h"), whole // HOUR, _("%(n)s min"), whole % HOUR // MINUTE)
    days = whole // DAY
    return _pair(ngettext("%(n)s day", "%(n)s days", days), days, _("%(n)s h"), whole % DAY // HOUR)


def _pair(large: str, count: int, small: str, rest: int) -> str:
    said = large % {"n": count}
    return f"{said} {small % {'n': rest}}" if rest else said

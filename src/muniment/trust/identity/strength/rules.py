"""What a password must be for one person: how long, and which characters somebody insists on.

NIST SP 800-63B-4, section 3.1.1.2, wants fifteen characters where the password is the only factor, and forbids rules
about kinds of characters. Such rules are off, and can be switched on for a client that has to show them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from muniment.trust.access import queries as access
from muniment.trust.access.types import COMPOSITIONS, Composition, SideName

SHORTEST: Final = 12
SHORTEST_ALONE: Final = 15


@dataclass(frozen=True)
class Rules:
    """How many characters at least, and of which kinds: those of every place the person belongs to, together."""

    shortest: int = SHORTEST
    composition: Composition = "none"

    def problems(self, password: str) -> tuple[str, ...]:
        """Return what is missing, in sentences that repeat nothing of the password."""
        found = []
        if len(password) < self.shortest:
            found.append(self._too_short())
        if missing := [name for name, is_there in self._kinds(password) if not is_there]:
            found.append(_("Somebody you work with demands it: add %s.") % _(" and ").join(missing))
        return tuple(found)

    def hint(self) -> str:
        """Return what the form says before anything is typed."""
        least = _("At least %(shortest)s characters; a few unusual words are best.") % {"shortest": self.shortest}
        kinds = {
            "none": _("Nothing special is needed, and it never expires."),
            "pci": _("Letters and digits are both needed, and it never expires."),
            "classes": _("Small and capital letters, a digit and a special character are needed. It never expires."),
        }
        return f"{least} {kinds[self.composition]}"

    def _too_short(self) -> str:
        if self.shortest > SHORTEST:
            return _("Use at least %s characters, because you can sign in with the password alone.") % self.shortest
        return _("Use at least %s characters.") % self.shortest

    def _kinds(self, password: str) -> list[tuple[str, bool]]:
        """Return each kind of character that is demanded, and whether it is there."""
        digit = (_("a digit"), any(each.isdigit() for each in password))
        if self.composition == "pci":
            return [(_("a letter"), any(each.isalpha() for each in password)), digit]
        if self.composition == "classes":
            return [
                (_("a small letter"), any(each.islower() for each in password)),
                (_("a capital letter"), any(each.isupper() for each in password)),
                digit,
                (_("a special character"), any(not each.isalnum() for each in password)),
            ]
        return []


def rules_for(kind: str, client_ids: Iterable[UUID]) -> Rules:
    """Return what holds for somebody of one kind ("staff" or "contact") who belongs to these places: the strictest.

    A contact may sign in with the password alone where no place of theirs always asks for a second step.
    """
    profiles = [access.profile_in(client_id) for client_id in client_ids]
    side: SideName = "staff" if kind == "staff" else "contacts"
    wanted = {profile.side(side).composition for profile in profiles}
    composition = next((one for one in reversed(COMPOSITIONS) if one in wanted), COMPOSITIONS[0])
    alone = kind != "staff" and bool(profiles) and all(profile.mfa_mode != "required" for profile in profiles)
    return Rules(SHORTEST_ALONE if alone else SHORTEST, composition)

"""Who else says who people are: an organisation's own sign-in service, by the domain of the address.

The services are rows of the app above; it says here how it is asked. The answer depends on the domain alone, so that
it tells nothing about whether an address has an account.
"""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from muniment.trust.access import queries as access
from muniment.trust.identity import models
from muniment.trust.identity.errors import SignsInElsewhere
from muniment.trust.identity.life.errors import LastForEmergencies
from muniment.trust.identity.life.queries.idling import is_break_glass


@dataclass(frozen=True)
class Elsewhere:
    """Where people of a domain sign in, and whether they have no password here at all."""

    address: str  # a path of the portal
    name: str
    is_enforced: bool


Ask = Callable[[str], Elsewhere | None]
Forget = Callable[[UUID], None]

_asked: list[Ask] = []
_forgetting: list[Forget] = []


def sign_in_elsewhere_with(ask: Ask, forget: Forget) -> None:
    """Say how to find the service of an address, and how to forget somebody who is erased; called once, when ready."""
    _asked[:], _forgetting[:] = [ask], [forget]


def elsewhere(email: str) -> Elsewhere | None:
    """Return where people with an address of this domain sign in; None where nobody else signs them in."""
    return next((found for ask in _asked if (found := ask(email)) is not None), None)


def insist_here(email: str, person_id: UUID | None = None) -> None:
    """Refuse whatever has to do with a password for an address whose organisation alone signs in.

    Administrators for emergencies keep theirs.

    Raises:
        SignsInElsewhere: so it is.
    """
    found = elsewhere(email)
    if found is not None and found.is_enforced and not (person_id and is_break_glass(person_id)):
        raise SignsInElsewhere


def keeps_password(person_id: UUID) -> bool:
    """Return whether somebody is an administrator for emergencies, and has the password that they keep."""
    if not is_break_glass(person_id):
        return False
    person = models.Person.objects.filter(id=person_id, disabled_at=None).first()
    return person is not None and person.has_usable_password()


def insist_somebody_left(person_id: UUID) -> None:
    """Refuse that the last administrator for emergencies goes while their organisation alone signs its people in.

    Raises:
        LastForEmergencies: so it is.
    """
    if not keeps_password(person_id):
        return
    found = elsewhere(models.Person.objects.get(id=person_id).email)
    others = access.administrators() - {person_id}
    if found is not None and found.is_enforced and not any(keeps_password(other) for other in others):
        raise LastForEmergencies


def forget(person_id: UUID) -> None:
    """Forget by which services somebody is known, because they are erased."""
    for forgets in _forgetting:
        forgets(person_id)

"""Whom acts on the portal itself concern: who looks after it is told when mails to somebody come back."""

from collections.abc import Callable

from muniment.core.telling import Concerned, Told
from muniment.trust.access import queries as access
from muniment.trust.audit.types import Event


def _bounced(_told: Told) -> Concerned:
    return Concerned(access.administrators(), "/mailing/")


CONCERNED: dict[Event, Callable[[Told], Concerned]] = {Event.ADDRESS_BOUNCED: _bounced}

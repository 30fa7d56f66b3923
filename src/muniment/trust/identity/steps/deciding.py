"""Which second step a sign-in needs here and now, and whether a session that had none may go on."""

from typing import Any, Literal

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from django.http import HttpRequest

from muniment.core import clock
from muniment.trust.access.types import SignInTerms
from muniment.trust.clients import queries as clients
from muniment.trust.identity import devices, models, queries
from muniment.trust.identity.steps import policy
from muniment.trust.identity.types import SECOND_FACTORS

Step = Literal["factor", "mail"]
MAILED_CODE = "email_code"
VOUCHED = "provider"  # how somebody came in whom their organisation's service named
SPARED = frozenset({"trusted_device", "known_device"})
"""What stands among the factors of a session that needed no second step, because of the device."""


def needed(request: HttpRequest, person: models.Person) -> Step | None:
    """Return what somebody whose password was right has to pass now: a factor of theirs, a mailed code, or nothing.

    Nothing is asked for on a device that is trusted, or known where that is enough, in the country it was last in.
    Who has no factor goes on too, and reaches enrolment only where a second step is required. Of somebody who belongs
    to several clients and comes by the service of one, no device is known: that service alone may have made it so.
    """
    records = get_authentication_records(request, person)
    if SECOND_FACTORS & {record.get("type") for record in records}:
        return None  # a passkey alone, or what their organisation proved
    terms, has_factor = policy.terms_of(person.id), queries.has_factor(person.id)
    if not has_factor and not terms.email_code:
        return None
    device = devices.find(request, person)
    if device is not None and not devices.is_elsewhere(request, device):
        why = _spares(device, person, terms, has_factor=has_factor)
        if why and not (why == "known_device" and _is_vouched_for(records, person)):
            record_authentication(request, person, "device", type=why)
            return None
    return "factor" if has_factor else "mail"


def suffices(request: HttpRequest, person: models.Person) -> bool:
    """Return whether a session may go on: a factor was proved in it, or none had to be and that is so still."""
    proved = set(queries.factors(request))
    if SECOND_FACTORS & proved:
        return True
    terms, has_factor = policy.terms_of(person.id), queries.has_factor(person.id)
    if SPARED & proved:
        device = devices.of_session(request.session)
        if device is not None and device.person_id == person.id:
            return bool(_spares(device, person, terms, has_factor=has_factor))
        return False
    if has_factor:
        return False
    return terms.email_code if MAILED_CODE in proved else terms.mode == "optional" and not terms.email_code


def _is_vouched_for(records: list[dict[str, Any]], person: models.Person) -> bool:
    """Return whether a service named somebody who belongs to several clients."""
    named = any(record.get("method") == VOUCHED for record in records)
    return named and len(clients.memberships(person.id)) > 1


def _spares(device: models.Device, person: models.Person, terms: SignInTerms, *, has_factor: bool) -> str:
    """Return why a device makes a second step unnecessary, as the session keeps it; empty when it does not."""
    if terms.trusted_days and devices.is_trusted(device, person, terms):
        return "trusted_device"
    if not has_factor:  # a mailed code is weak wherever it comes from: once on a device is as good as each time
        return "known_device" if terms.mode != "required" else ""
    is_known = device.known_at is not None and device.known_at <= clock.now()
    return "known_device" if terms.mode == "new-device" and is_known else ""

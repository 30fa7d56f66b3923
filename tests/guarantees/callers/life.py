"""How people come and go, and what directories do: how each of their actions is called."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

from muniment.core.actor import Actor
from muniment.core.unit import acting_as
from muniment.trust.access import actions as access
from muniment.trust.audit.types import Event
from muniment.trust.federation.scim import actions as directory
from muniment.trust.federation.scim.models import DirectoryToken
from muniment.trust.identity import actions as identity
from muniment.trust.identity.life.actions.addresses import ask_email_change
from muniment.trust.identity.life.models import EmailChange
from muniment.trust.identity.models import Letter
from tests.guarantees.callers.case import Call, Case, own

LIFE = "muniment.trust.identity.life.actions."
SCIM = "muniment.trust.federation.scim.actions."
USER = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "eve@okoye.example"}
SHEET = "Name,E-mail,Role,Purpose\nRosa Lind,rosa@okoye.example,Guest,Year end\n"


def _about(case: Case, event: Event, who: str, **values: Any) -> Call:
    person_id = case.portal.people[who]
    return Call(case.ada, event, {"person_id": person_id, **values}, None, person_id)


def _by_portal(case: Case, event: Event, **values: Any) -> Call:
    return Call(case.firm, event, {"person_id": case.portal.people["cleo"], **values}, None, case.portal.people["cleo"])


def _shut_out(case: Case) -> Call:
    identity.disable_person(case.ada, person_id=case.portal.people["dan"])
    return _about(case, Event.PERSON_ENABLED, "dan")


def _changing(case: Case) -> tuple[UUID, str]:
    """Let Cleo change her address; return the change and the secret of the link to the old mailbox."""
    ask_email_change(case.cleo, email="cleo@new-home.example")
    body = next(row.message["body"] for row in Letter.objects.order_by("-id") if "stop it" in row.message["body"])
    found = re.search(r"/account/address/[^/]+/([^/]+)/", body)
    assert found is not None
    return EmailChange.objects.get().id, found[1]


def _confirming(case: Case) -> Call:
    change_id, secret = _changing(case)
    values = {"change_id": change_id, "secret": secret}
    return Call(case.visitor(), Event.EMAIL_CHANGE_CONFIRMED, values, case.portal.okoye)


def _withdrawing(case: Case) -> Call:
    _changing(case)
    return own(case, Event.EMAIL_CHANGE_WITHDRAWN)


def _leaving(case: Case) -> Call:
    access.give_grant(case.system, person_id=case.portal.people["dan"], role="manager", purpose="Tests")
    return own(case, Event.PERSON_LEFT)


def _token(case: Case) -> Actor:
    """Make the token of Okoye's directory and return as whom it acts."""
    directory.make_token(case.who("ada", case.portal.okoye), name="Entra", role="guest", days=30)
    return Actor.system(case.portal.okoye, purpose="SCIM token Entra")


def _recorded(case: Case) -> UUID:
    return directory.create_record(_token(case), role="guest", kind="User", body=USER)


def _changed(case: Case, **values: Any) -> Call:
    return Call(case.system, Event.DIRECTORY_CHANGED, values)


def _revoking(case: Case) -> Call:
    _token(case)
    return Call(case.who("ada", case.portal.okoye), Event.DIRECTORY_TOKEN_REVOKED)


def _reading(case: Case) -> Call:
    actor = _token(case)
    with acting_as(actor):
        token_id = DirectoryToken.objects.get(revoked_at=None).id
    return Call(actor, Event.DIRECTORY_READ, {"token_id": token_id}, None, token_id)


CALLS: dict[str, Callable[[Case], Call]] = {
    f"{LIFE}addresses.ask_email_change": lambda c: own(c, Event.EMAIL_CHANGE_ASKED, email="cleo@new-home.example"),
    f"{LIFE}addresses.confirm_email_change": _confirming,
    f"{LIFE}addresses.withdraw_email_change": _withdrawing,
    f"{LIFE}brought.name_person": lambda c: _by_portal(c, Event.PERSON_RENAMED, name="Cleo Ash"),
    f"{LIFE}brought.withdraw_invitations_to": lambda c: Call(
        c.system, Event.INVITATION_WITHDRAWN, {"email": "eve@okoye.example"}, None, c.id("invitation_id")
    ),
    f"{LIFE}disabling.disable_person": lambda c: _about(c, Event.PERSON_DISABLED, "dan"),
    f"{LIFE}disabling.enable_person": _shut_out,
    f"{LIFE}disabling.set_break_glass": lambda c: _about(c, Event.BREAK_GLASS_SET, "dan", on=False),
    f"{LIFE}exporting.export_own_data": lambda c: own(c, Event.PERSON_EXPORTED),
    f"{LIFE}idling.spare_person": lambda c: _by_portal(c, Event.PERSON_SPARED, days=90),
    f"{LIFE}idling.warn_person": lambda c: _by_portal(c, Event.PERSON_WARNED, days=90),
    f"{LIFE}importing.export_people": lambda c: own(c, Event.PEOPLE_EXPORTED),
    f"{LIFE}importing.import_people": lambda c: own(c, Event.PEOPLE_IMPORTED, text=SHEET),
    f"{LIFE}leaving.leave_client": _leaving,
    f"{SCIM}tokens.make_token": lambda c: Call(
        c.who("ada", c.portal.okoye), Event.DIRECTORY_TOKEN_MADE, {"name": "Entra", "role": "guest", "days": 30}
    ),
    f"{SCIM}tokens.revoke_token": _revoking,
    f"{SCIM}tokens._note_reading": _reading,
    f"{SCIM}records.create_record": lambda c: _changed(c, role="guest", kind="User", body=USER),
    f"{SCIM}records.replace_record": lambda c: _changed(
        c, role="guest", record_id=_recorded(c), body=USER | {"active": False}
    ),
    f"{SCIM}records.remove_record": lambda c: _changed(c, record_id=_recorded(c)),
    f"{SCIM}records.settle_record": lambda c: _changed(c, role="guest", record_id=_recorded(c)),
}

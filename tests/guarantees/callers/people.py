"""People, sign-ins, guests and clients: how each of their actions is called."""

from collections.abc import Callable
from typing import Any

from muniment.trust.audit.types import Event
from muniment.trust.identity import actions as identity
from muniment.trust.identity import limits
from muniment.trust.identity.passkeys.actions import add_passkey
from muniment.trust.identity.passkeys.queries import passkeys_of
from muniment.trust.identity.passkeys.types import Made
from tests.cast import PEOPLE
from tests.guarantees.callers.case import NEW_PASSWORD, Call, Case, guest, link_terms, own

IDENTITY = "muniment.trust.identity.actions."
PASSKEYS = "muniment.trust.identity.passkeys.actions."
MADE = Made({}, 0, alone=True, synced=False)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def _without_factor(case: Case) -> Call:
    identity.remove_factor(case.cleo)
    return own(case, Event.FACTOR_ADDED, secret=SECRET, code="000000")


def _passkey(case: Case, event: Event, **more: Any) -> Call:
    add_passkey(case.cleo, made=MADE, name="Phone")
    added, *_ = passkeys_of(case.cleo)  # the calls before may have left others
    return own(case, event, passkey_id=added.id, **more)


def _way_in(case: Case) -> Call:
    limits.offer_way_in("way-in", case.portal.people["cleo"])
    given = {"secret": "way-in", "browser": "a browser"}
    return Call(case.visitor(), Event.SIGN_IN_UNLOCKED, given, case.portal.okoye, case.portal.people["cleo"])


CALLS: dict[str, Callable[[Case], Call]] = {
    f"{PASSKEYS}add_passkey": lambda c: own(c, Event.FACTOR_ADDED, made=MADE, name="Phone"),
    f"{PASSKEYS}rename_passkey": lambda c: _passkey(c, Event.FACTOR_RENAMED, name="Old phone"),
    f"{PASSKEYS}remove_passkey": lambda c: _passkey(c, Event.FACTOR_REMOVED),
    f"{PASSKEYS}note_copied": lambda c: Call(
        c.visitor(), Event.FACTOR_COPIED, {"person_id": c.portal.people["cleo"], "name": "Key"}, c.portal.okoye
    ),
    "muniment.trust.identity.stepping_up.actions.note_confirmed": lambda c: own(c, Event.CONFIRMED, kind="totp"),
    f"{IDENTITY}guests.make_guest_link": lambda c: own(
        c, Event.GUEST_LINK_MADE, scope=("document", c.id("document_id")), email="bank@lender.example", **link_terms(c)
    ),
    f"{IDENTITY}guests.send_guest_code": lambda c: Call(
        c.visitor(c.portal.okoye), Event.GUEST_CODE_SENT, {"link_id": c.id("link_id"), "code": "123456"}
    ),
    f"{IDENTITY}guests.note_guest_failure": lambda c: Call(
        guest(c), Event.GUEST_CODE_FAILED, {"link_id": c.id("link_id")}
    ),
    f"{IDENTITY}looking.look_as": lambda c: Call(
        c.who("ben"),
        Event.LOOKED_AS,
        {"contact_id": c.portal.people["dan"]},
        object_id=c.portal.people["dan"],
    ),
    f"{IDENTITY}companies.open_client": lambda c: Call(c.ada, Event.CLIENT_OPENED, {"name": "Lumen Dental"}),
    f"{IDENTITY}companies.set_region": lambda c: Call(c.system, Event.REGION_SET, {"region": ""}),
    f"{IDENTITY}factors.add_factor": _without_factor,
    f"{IDENTITY}factors.make_recovery_codes": lambda c: own(c, Event.RECOVERY_CODES_MADE),
    f"{IDENTITY}factors.remove_factor": lambda c: own(c, Event.FACTOR_REMOVED),
    f"{IDENTITY}invitations.accept_invitation": lambda c: Call(
        c.visitor(c.portal.okoye),
        Event.PERSON_JOINED,
        {"secret": c.invited(), "name": "New", "password": NEW_PASSWORD},
    ),
    f"{IDENTITY}invitations.invite_person": lambda c: own(
        c, Event.PERSON_INVITED, email="x@okoye.example", name="X", role="guest", purpose="Year end"
    ),
    f"{IDENTITY}invitations.withdraw_invitation": lambda c: Call(
        c.cleo, Event.INVITATION_WITHDRAWN, {"invitation_id": c.id("invitation_id")}, None, c.id("invitation_id")
    ),
    f"{IDENTITY}memberships.assign_staff": lambda c: Call(
        c.who("ada", c.portal.brandt),
        Event.PERSON_JOINED,
        {"person_id": c.portal.people["ben"], "role": "advisor", "purpose": "Year end"},
        object_id=c.portal.people["ben"],
    ),
    f"{IDENTITY}memberships.end_membership": lambda c: own(c, Event.PERSON_LEFT, person_id=c.portal.people["dan"]),
    f"{IDENTITY}delays.lift_delays": lambda c: own(c, Event.SIGN_IN_UNLOCKED, person_id=c.portal.people["dan"]),
    f"{IDENTITY}delays.take_way_in": _way_in,
    f"{IDENTITY}passwords.ask_password_reset": lambda c: Call(
        c.visitor(), Event.PASSWORD_RESET_ASKED, {"email": PEOPLE["cleo"][1]}, c.portal.okoye
    ),
    f"{IDENTITY}passwords.change_password": lambda c: own(c, Event.PASSWORD_CHANGED, password=NEW_PASSWORD),
    f"{IDENTITY}passwords.flag_password": lambda c: Call(
        c.ada, Event.COMPROMISED_FLAGGED, {"person_id": c.portal.people["cleo"]}, None, c.portal.people["cleo"]
    ),
    f"{IDENTITY}passwords.reset_password": lambda c: Call(
        c.visitor(),
        Event.PASSWORD_CHANGED,
        {"person_id": c.portal.people["cleo"], "token": c.reset_token(), "password": NEW_PASSWORD},
        c.portal.okoye,
    ),
    f"{IDENTITY}purposes.state_purpose": lambda c: Call(
        c.who("ada", c.portal.okoye), Event.PURPOSE_STATED, {"purpose": "Asked to add a colleague"}
    ),
    f"{IDENTITY}entries.note_elsewhere": lambda c: Call(
        c.visitor(),
        Event.SIGN_IN_FAILED,
        {"event": Event.SIGN_IN_FAILED, "logs": [c.portal.okoye], "facts": {"kind": "password"}},
        c.portal.okoye,
    ),
    f"{IDENTITY}sessions.end_other_sessions": lambda c: own(c, Event.SIGNED_OUT),
    f"{IDENTITY}sessions.end_session": lambda c: own(c, Event.SIGNED_OUT, session_id=c.own_session()),
    f"{IDENTITY}sessions.note_failure": lambda c: Call(
        c.visitor(),
        Event.SIGN_IN_FAILED,
        {"event": Event.SIGN_IN_FAILED, "person_id": c.portal.people["cleo"], "kind": "password"},
        c.portal.okoye,
    ),
    f"{IDENTITY}sessions.sign_in": lambda c: own(c, Event.SIGNED_IN),
    f"{IDENTITY}sessions.sign_out": lambda c: own(c, Event.SIGNED_OUT),
}
SET_UP = f"{IDENTITY}setup.set_up_portal"  # tried by itself: it needs a portal without a firm

"""Second steps, devices and ways back in: how each of their actions is called."""

import secrets
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from muniment.core import clock
from muniment.trust.audit.types import Event
from muniment.trust.identity.models import Device, Recovery, SignInNotice
from muniment.trust.identity.queries import secret_hash
from muniment.trust.identity.recovery import actions as recovery
from muniment.trust.identity.steps import actions as steps
from tests.guarantees.callers.case import Call, Case, own

STEPS, RECOVERY = f"{steps.__name__}.", f"{recovery.__name__}."


def _device(case: Case) -> UUID:
    person_id = case.portal.people["cleo"]
    return Device.objects.create(
        person_id=person_id, secret_hash=secrets.token_bytes(32), known_at=clock.now(), about={}
    ).id


def _notice(case: Case) -> str:
    secret = secrets.token_urlsafe(32)
    SignInNotice.objects.create(
        person_id=case.portal.people["cleo"],
        secret_hash=secret_hash(secret),
        expires_at=clock.now() + timedelta(days=1),
    )
    return secret


def _asked(case: Case) -> UUID:
    """Let Dan have lost his phone; Cleo, who manages his company, may confirm it."""
    recovery.ask_recovery(case.visitor(), person_id=case.portal.people["dan"])
    return case.portal.people["dan"]


def _stop_secret(case: Case) -> str:
    row = Recovery.objects.get(person_id=_asked(case))
    return recovery._stop_path(row).split("/")[3]


def _stopped(case: Case) -> Call:
    _asked(case)
    return Call(case.who("dan"), Event.RECOVERY_STOPPED)


def _ready(case: Case) -> UUID:
    person_id = _asked(case)
    recovery.confirm_recovery(case.cleo, person_id=person_id)
    Recovery.objects.filter(person_id=person_id).update(ready_at=clock.now())
    return person_id


CALLS: dict[str, Callable[[Case], Call]] = {
    f"{STEPS}send_code": lambda c: Call(
        c.visitor(), Event.CODE_MAILED, {"person_id": c.portal.people["cleo"], "code": "12345678"}, c.portal.okoye
    ),
    f"{STEPS}trust_device": lambda c: own(c, Event.DEVICE_TRUSTED, device_id=_device(c)),
    f"{STEPS}forget_device": lambda c: own(c, Event.DEVICE_FORGOTTEN, device_id=_device(c)),
    f"{STEPS}forget_devices": lambda c: own(c, Event.DEVICE_FORGOTTEN),
    f"{STEPS}deny_sign_in": lambda c: Call(
        c.visitor(), Event.SIGN_IN_DENIED, {"secret": _notice(c)}, c.portal.okoye, c.portal.people["cleo"]
    ),
    f"{RECOVERY}ask_recovery": lambda c: Call(
        c.visitor(), Event.RECOVERY_ASKED, {"person_id": c.portal.people["dan"]}, c.portal.okoye
    ),
    f"{RECOVERY}confirm_recovery": lambda c: Call(
        c.cleo, Event.RECOVERY_CONFIRMED, {"person_id": _asked(c)}, None, c.portal.people["dan"]
    ),
    f"{RECOVERY}decline_recovery": lambda c: Call(
        c.cleo, Event.RECOVERY_DECLINED, {"person_id": _asked(c)}, None, c.portal.people["dan"]
    ),
    f"{RECOVERY}stop_recovery": _stopped,
    f"{RECOVERY}stop_recovery_by_link": lambda c: Call(
        c.visitor(), Event.RECOVERY_STOPPED, {"secret": _stop_secret(c)}, c.portal.okoye
    ),
    f"{RECOVERY}finish_recovery": lambda c: Call(
        c.visitor(), Event.RECOVERY_DONE, {"person_id": _ready(c)}, c.portal.okoye
    ),
}

"""Single sign-on: how each of its actions is called."""

import os
from collections.abc import Callable
from functools import cache
from typing import Any
from uuid import UUID

from muniment.core import clock, config
from muniment.core.unit import acting_as
from muniment.trust.audit.types import Event
from muniment.trust.federation import actions as federation
from muniment.trust.federation.models import Domain
from muniment.trust.federation.types import Asserted
from tests.guarantees.callers.case import Call, Case
from tests.trust.federation.names import answering

FEDERATION = f"{federation.__name__}."
SAID = Asserted("https://idp.okoye.example/saml", "somebody", "somebody@okoye.example", "Somebody", True, None)
_RUNNING: list[Any] = []  # what is forgotten stops


def _call(case: Case, event: Event, **values: Any) -> Call:
    return Call(case.who("ada", case.portal.okoye), event, values)


def _of_provider(case: Case, event: Event, **values: Any) -> Call:
    return _call(case, event, provider_id=case.id("provider_id"), **values)


@cache
def _names() -> tuple[dict[str, list[str]], int]:
    """Return the records of a DNS server that answers as long as this process runs, and its port."""
    known: dict[str, list[str]] = {}
    _RUNNING.append(answering(known))
    return known, _RUNNING[-1].__enter__()


def _asked() -> dict[str, list[str]]:
    """Return the records of the DNS server that the portal asks from now on."""
    known, port = _names()
    os.environ["MUNIMENT_DOMAIN_RESOLVER"] = f"127.0.0.1:{port}"
    config.current.cache_clear()
    config.current()
    del os.environ["MUNIMENT_DOMAIN_RESOLVER"]
    return known


def _to_prove(case: Case) -> UUID:
    """Return a domain whose record is there."""
    ada = case.who("ada", case.portal.okoye)
    domain = federation.add_domain(ada, provider_id=case.id("provider_id"), name="okoye-holdings.example")
    _asked()[domain.record] = [domain.record_text]
    return domain.id


def _proved(case: Case) -> UUID:
    """Return a domain that was proved."""
    with acting_as(case.system):
        Domain.objects.filter(id=case.id("domain_id")).update(proved_at=clock.now(), proved_by="dns")
    return case.id("domain_id")


def _entering(case: Case) -> Call:
    _proved(case)
    ada = case.who("ada", case.portal.okoye)
    federation.change_provider(ada, provider_id=case.id("provider_id"), admits=True, role="user")
    values = {"provider_id": case.id("provider_id"), "said": SAID}
    return Call(case.visitor(case.portal.okoye), Event.PROVIDER_VOUCHED, values)


CALLS: dict[str, Callable[[Case], Call]] = {
    f"{FEDERATION}providers.add_provider": lambda c: _call(
        c,
        Event.PROVIDER_ADDED,
        kind="oidc",
        name="Okta",
        settings={"issuer": "https://okoye.okta.com", "client_id": "x"},
    ),
    f"{FEDERATION}providers.change_provider": lambda c: _of_provider(c, Event.PROVIDER_CHANGED, name="Okoye"),
    f"{FEDERATION}providers.switch_provider": lambda c: _of_provider(c, Event.PROVIDER_SWITCHED, state="off"),
    f"{FEDERATION}providers.remove_provider": lambda c: _of_provider(c, Event.PROVIDER_REMOVED),
    f"{FEDERATION}domains.add_domain": lambda c: _of_provider(c, Event.DOMAIN_ADDED, name="okoye-group.example"),
    f"{FEDERATION}domains.prove_domain": lambda c: _call(c, Event.DOMAIN_PROVED, domain_id=_to_prove(c)),
    f"{FEDERATION}domains.miss_domain": lambda c: _call(c, Event.DOMAIN_MISSED, domain_id=_proved(c)),
    f"{FEDERATION}domains.remove_domain": lambda c: _call(c, Event.DOMAIN_REMOVED, domain_id=c.id("domain_id")),
    f"{FEDERATION}entering.enter": _entering,
    f"{FEDERATION}entering.end_by_provider": lambda c: Call(
        c.visitor(c.portal.okoye),
        Event.PROVIDER_ENDED,
        {"provider_id": c.id("provider_id"), "session": "of Dan"},
    ),
    f"{FEDERATION}entering.note_tried": lambda c: _of_provider(c, Event.PROVIDER_TESTED, said=SAID),
    f"{FEDERATION}entering.unlink_person": lambda c: _of_provider(
        c, Event.PROVIDER_UNLINKED, person_id=c.portal.people["dan"]
    ),
}

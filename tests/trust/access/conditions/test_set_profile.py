"""A profile closes what grants opened, from the next request on, and never shuts out who sets it."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import acting_as
from muniment.portal.documents.models import Document
from muniment.trust.access import actions, queries
from muniment.trust.access.errors import ConditionsRefuse, ProfileInvalid, ShutsOut
from muniment.trust.access.types import EVERY, Label, Profile, Side, Terms
from muniment.trust.audit import actions as audit
from muniment.trust.audit import queries as log
from muniment.trust.identity import actions as identity
from tests.cast import Portal
from tests.portal.documents.uploading import CONTRACT, add

ZONE = "Africa/Lagos"  # an hour ahead of UTC all year
OFFICE = Terms(days=frozenset({"mon", "tue", "wed", "thu", "fri"}), opens=8 * 60, closes=20 * 60)


@pytest.fixture
def at(monkeypatch):
    """Move the clock: first to the noon of a Wednesday to come, because grants begin when the cast is laid."""

    def move(moment: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    today = clock.now().replace(hour=11, minute=0, second=0, microsecond=0)
    move(today + timedelta(days=7 + (2 - today.weekday()) % 7))
    return move


def _set(portal: Portal, profile: Profile) -> None:
    actions.set_profile(portal.actor("ada", portal.okoye), profile=profile)


def _may(actor: Actor, verb: str) -> bool:
    return queries.may(actor, verb)


@pytest.mark.control("access-when")
def test_outside_of_hours_what_was_granted_is_refused_with_the_hours_and_an_entry(portal: Portal, at):
    _set(portal, Profile(zone=ZONE, contacts=Side(terms=OFFICE)))
    cleo = portal.actor("cleo")
    assert _may(cleo, "person:list")

    at(clock.now().replace(hour=19))  # 20:00 in Lagos

    assert not _may(cleo, "person:list")
    with pytest.raises(ConditionsRefuse) as refused:
        queries.visible_grants(cleo)
    assert "Monday to Friday, 08:00 to 20:00 (Africa/Lagos)" in refused.value.sentence
    newest = log.entries(Actor.system(portal.okoye), limit=1)[0]
    assert (newest.event, newest.facts["rule"]) == ("act.refused", "conditions")


def test_staff_and_contacts_have_conditions_of_their_own(portal: Portal, at):
    _set(portal, Profile(zone=ZONE, contacts=Side(terms=replace(OFFICE, opens=14 * 60))))

    assert not _may(portal.actor("cleo"), "person:list")
    assert _may(portal.actor("ben"), "person:list")


def test_a_condition_holds_for_its_actions_alone(portal: Portal, at):
    late = replace(OFFICE, opens=14 * 60, hours_for=frozenset({"download"}))
    _set(portal, Profile(zone=ZONE, contacts=Side(terms=late)))
    cleo = portal.actor("cleo")

    assert _may(cleo, "document:view")
    assert not _may(cleo, "document:download")


def test_who_was_granted_nothing_learns_nothing_of_conditions(portal: Portal, at):
    _set(portal, Profile(zone=ZONE, contacts=Side(terms=replace(OFFICE, opens=14 * 60))))

    with pytest.raises(NotFound):
        queries.visible_grants(portal.actor("mallory", portal.okoye))


@pytest.mark.control("access-how")
def test_a_label_that_needs_a_passkey_closes_its_papers_to_a_code_and_leaves_the_others(portal: Portal):
    papers = _papers(portal)
    restricted: tuple[tuple[Label, Terms], ...] = (("restricted", Terms(passkey_for=EVERY)),)
    _set(portal, Profile(contacts=Side(labels=restricted)))
    with_code = replace(portal.actor("cleo"), factors=("password", "totp"))
    with_passkey = replace(with_code, factors=("password", "webauthn"))

    def seen(actor: Actor) -> set[str]:
        with acting_as(actor):
            return {row.label for row in queries.visible(actor, "document:view", Document)}

    assert seen(with_code) == {"normal"}
    assert seen(with_passkey) == {"normal", "restricted"}
    with acting_as(with_code), pytest.raises(ConditionsRefuse) as refused:
        queries.find(with_code, "document:view", Document, papers["restricted"])
    assert refused.value.reasons[0].code == "passkey"
    assert (
        refused.value.sentence == "Opening what is marked restricted needs a passkey. Sign in again with your passkey."
    )
    with acting_as(with_passkey):
        assert queries.find(with_passkey, "document:view", Document, papers["restricted"]).label == "restricted"


def test_what_is_internal_is_never_there_for_contacts_whatever_the_conditions(portal: Portal):
    papers = _papers(portal)
    _set(portal, Profile(contacts=Side(terms=Terms(passkey_for=EVERY))))
    cleo = portal.actor("cleo")

    with acting_as(cleo), pytest.raises(NotFound):
        queries.find(cleo, "document:view", Document, papers["internal"])
    with acting_as(cleo), pytest.raises(ConditionsRefuse):
        queries.find(cleo, "document:view", Document, papers["normal"])


def test_a_profile_that_shuts_out_who_sets_it_is_refused(portal: Portal, at):
    ada = portal.actor("ada", portal.okoye)

    for terms in (
        replace(OFFICE, opens=18 * 60),
        Terms(never=frozenset({"administer"})),
        Terms(countries=frozenset({"ES"})),
        Terms(second_factor_for=EVERY),
    ):
        with pytest.raises(ShutsOut) as refused:
            actions.set_profile(ada, profile=Profile(zone=ZONE, staff=Side(terms=terms)))
        assert refused.value.sentence.startswith("This would shut you out.")

    assert queries.profile_of(ada).version == 0


def test_a_profile_that_no_administrator_could_set_right_is_refused_from_the_host_too(portal: Portal):
    host = Actor.system(portal.okoye, purpose="Set conditions")

    for terms in (Terms(countries=frozenset({"ES"})), Terms(never=EVERY)):
        with pytest.raises(ShutsOut):
            actions.set_profile(host, profile=Profile(staff=Side(terms=terms)))


def test_a_profile_that_asks_for_a_passkey_can_be_set_by_the_host_since_each_can_make_one(portal: Portal):
    host = Actor.system(portal.okoye, purpose="Set conditions")

    written = actions.set_profile(host, profile=Profile(staff=Side(terms=Terms(passkey_for=EVERY))))

    assert written.profile.staff.terms.passkey_for == EVERY


def test_only_who_administers_sets_conditions(portal: Portal):
    for actor in (portal.actor("ben"), portal.actor("cleo"), portal.actor("mallory", portal.okoye)):
        with pytest.raises(NotFound):
            actions.set_profile(actor, profile=Profile())


def test_a_network_must_have_been_named(portal: Portal):
    with pytest.raises(ProfileInvalid) as refused:
        _set(portal, Profile(contacts=Side(terms=Terms(networks=frozenset({"Office"})))))

    assert refused.value.field == "contacts.terms.networks"


def test_what_was_in_force_can_be_asked_later(portal: Portal, at):
    start = clock.now()
    _set(portal, Profile(zone=ZONE, contacts=Side(terms=replace(OFFICE, opens=14 * 60))))
    at(start + timedelta(hours=1))
    _set(portal, Profile(zone=ZONE))
    ada, cleo = portal.actor("ada", portal.okoye), portal.actor("cleo")

    assert [found.version for found in queries.profile_versions(ada)] == [2, 1]
    assert queries.profile_of(ada, start + timedelta(minutes=30)).version == 1
    with acting_as(cleo):
        assert not queries.reach(cleo, "person:list", start + timedelta(minutes=30)).whole
        assert queries.reach(cleo, "person:list", start + timedelta(hours=1)).whole


def test_a_new_client_begins_with_what_the_firm_set_for_new_clients(portal: Portal):
    ada = portal.actor("ada")
    profile = Profile(zone=ZONE, contacts=Side(terms=Terms(never=frozenset({"share"}))), starter="health")
    actions.set_profile(ada, profile=profile, for_new_clients=True)
    assert queries.profile_of(ada).version == 0  # the firm's own is another one

    opened = identity.open_client(ada, name="Vale Clinic")

    found = queries.profile_of(replace(ada, client_id=opened.id))
    assert (found.profile, found.version) == (profile, 1)
    assert queries.profile_of(portal.actor("ada", portal.okoye)).version == 0


def test_every_starter_can_be_set_and_shuts_nobody_out(portal: Portal):
    ada = replace(portal.actor("ada", portal.okoye), factors=("password", "totp"), authenticated_at=clock.now())

    for name, (title, profile) in queries.STARTERS.items():
        assert actions.set_profile(ada, profile=profile).profile.starter == name
        assert title
        with acting_as(ada):
            assert queries.reach(ada, "conditions:set").whole


def _papers(portal: Portal) -> dict[str, UUID]:
    """Return one paper of Okoye's for each of three labels."""
    ben = portal.actor("ben")
    found = {label: add(ben, f"{label}.pdf", CONTRACT).document_id for label in ("normal", "restricted", "internal")}
    with acting_as(Actor.system(portal.okoye)):
        for label, document_id in found.items():
            Document.objects.filter(id=document_id).update(label=label)
    return found


def test_an_entry_carries_the_hash_of_the_conditions_that_were_in_force(portal: Portal):
    cleo = replace(portal.actor("cleo"), rules=queries.rules_hash(portal.actor("cleo")))
    before = cleo.rules
    _set(portal, Profile(contacts=Side(terms=OFFICE, session_hours=8)))
    after = queries.rules_hash(cleo)

    audit.record_command(replace(cleo, factors=("totp",)), command="look")

    assert before != after
    entry = log.entries(Actor.system(portal.okoye), limit=1)[0]
    assert (entry.rules, entry.factors, entry.device_known, entry.via_api) == (before, ("totp",), False, False)

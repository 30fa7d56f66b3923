"""Extra rules: asked for by one administrator, approved by another, and never more than a refusal."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import acting_as
from muniment.portal.documents import actions as documents
from muniment.trust.access import actions, queries
from muniment.trust.access.conditions.loading import loaded
from muniment.trust.access.conditions.models import AccessRule
from muniment.trust.access.errors import (
    AskedAlready,
    ConditionsRefuse,
    NotApproved,
    ReasonMissing,
    RuleInvalid,
    SecondPersonNeeded,
    ShutsOut,
)
from muniment.trust.access.types import Rule, RuleFacts
from muniment.trust.audit import queries as log
from tests.cast import Portal
from tests.guarantees.things import CONTENT, add_document
from tests.together import at_once
from tests.trust.access.conditions.administrators import second_administrator

NEVER_DOWNLOAD = Rule("Papers stay here.", "Read them in the browser.", ("download",), who="contacts", never=True)


def _ada(portal: Portal) -> Actor:
    return portal.actor("ada", portal.okoye)


def _ask(portal: Portal, rule: Rule = NEVER_DOWNLOAD, **more: Any) -> RuleFacts:
    return actions.ask_rule(_ada(portal), rule=rule, reason="A paper got around", **more)


def _holding(portal: Portal, rule: Rule = NEVER_DOWNLOAD) -> RuleFacts:
    return actions.approve_rule(second_administrator(portal), version_id=_ask(portal, rule).id)


def _cleos(portal: Portal) -> Any:
    return add_document(portal.actor("cleo"), "Lease.pdf", CONTENT).document_id


@pytest.mark.control("access-when", "access-how", "access-where")
def test_a_rule_holds_once_a_second_administrator_approved_it(portal: Portal):
    cleo, document_id = portal.actor("cleo"), _cleos(portal)
    asked = _ask(portal)
    documents.download_document(cleo, document_id=document_id)
    before = loaded(portal.okoye).hash

    held = actions.approve_rule(second_administrator(portal), version_id=asked.id, reason="Right")

    assert (asked.state, held.state) == ("waiting", "running")
    assert loaded(portal.okoye).hash != before
    with pytest.raises(ConditionsRefuse) as refusal:
        documents.download_document(cleo, document_id=document_id)
    assert refusal.value.sentence == "Papers stay here. Read them in the browser."
    documents.view_document(cleo, document_id=document_id)
    documents.download_document(portal.actor("ben"), document_id=document_id)


def test_a_rule_of_one_client_is_none_of_another(portal: Portal):
    _holding(portal)

    assert loaded(portal.brandt).rules == ()
    assert queries.rules(portal.actor("ada", portal.brandt)) == []


def test_who_asks_does_not_decide(portal: Portal):
    asked = _ask(portal)

    for decide in (actions.approve_rule, actions.decline_rule):
        with pytest.raises(SecondPersonNeeded):
            decide(_ada(portal), version_id=asked.id)

    assert queries.rules(_ada(portal))[0].state == "waiting"
    assert loaded(portal.okoye).rules == ()


@pytest.mark.parametrize("end", ["declined", "taken-back"])
def test_what_was_declined_or_taken_back_never_holds(portal: Portal, end: str):
    asked, grace = _ask(portal), second_administrator(portal)

    if end == "declined":
        actions.decline_rule(grace, version_id=asked.id, reason="Too much")
    else:
        actions.take_back_rule(_ada(portal), version_id=asked.id)

    assert queries.rules(_ada(portal))[0].state == end
    with pytest.raises(NotApproved):
        actions.approve_rule(grace, version_id=asked.id)
    assert loaded(portal.okoye).rules == ()


def test_to_end_a_rule_takes_two_as_well(portal: Portal):
    held, document_id = _holding(portal), _cleos(portal)
    grace = replace(_ada(portal), person_id=held.approvals[0].decided_by)

    asked = actions.ask_rule_end(grace, version_id=held.id, reason="It is in the way")
    with pytest.raises(SecondPersonNeeded):
        actions.approve_rule(grace, version_id=held.id)
    with pytest.raises(ConditionsRefuse):
        documents.download_document(portal.actor("cleo"), document_id=document_id)
    ended = actions.approve_rule(_ada(portal), version_id=held.id)

    assert (asked.state, ended.state) == ("ending", "ended")
    documents.download_document(portal.actor("cleo"), document_id=document_id)
    with pytest.raises(NotFound):
        actions.ask_rule_end(grace, version_id=held.id, reason="Again")


def test_a_new_version_takes_the_place_of_the_old_one_when_it_is_approved(portal: Portal):
    held = _holding(portal)
    grace = replace(_ada(portal), person_id=held.approvals[0].decided_by)
    asked = _ask(portal, replace(NEVER_DOWNLOAD, labels=("restricted",)), rule_id=held.rule_id)
    with pytest.raises(AskedAlready):
        _ask(portal, rule_id=held.rule_id)
    during = loaded(portal.okoye).rules

    actions.approve_rule(grace, version_id=asked.id)

    assert [rule for _name, rule in during] == [NEVER_DOWNLOAD]
    assert [name for name, _rule in loaded(portal.okoye).rules] == [ids.public(asked.id)]
    assert [(one.version, one.state) for one in queries.rule_versions(_ada(portal), held.rule_id)] == [
        (2, "running"),
        (1, "ended"),
    ]


def test_what_held_at_a_moment_can_be_asked_later(portal: Portal, monkeypatch: pytest.MonkeyPatch):
    held = _holding(portal)
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=2))
    actions.ask_rule_end(_ada(portal), version_id=held.id, reason="Over")
    grace = replace(_ada(portal), person_id=held.approvals[0].decided_by)
    actions.approve_rule(grace, version_id=held.id)

    assert loaded(portal.okoye, now - timedelta(hours=1)).rules == ()
    assert [rule for _name, rule in loaded(portal.okoye, now + timedelta(days=1)).rules] == [NEVER_DOWNLOAD]
    assert loaded(portal.okoye).rules == ()


def test_the_database_keeps_two_versions_from_holding_at_once(portal: Portal):
    held = _holding(portal)

    with pytest.raises(IntegrityError), acting_as(_ada(portal)):
        AccessRule.objects.create(
            client_id=portal.okoye, rule_id=held.rule_id, version=2, body=held.rule.to_json(), starts_at=clock.now()
        )


@pytest.mark.parametrize("name", ["ben", "cleo", "dan", "mallory"])
def test_nobody_but_administrators_asks_or_decides(portal: Portal, name: str):
    asked, somebody = _ask(portal), portal.actor(name, portal.okoye)

    with pytest.raises(NotFound):
        actions.ask_rule(somebody, rule=NEVER_DOWNLOAD, reason="Mine")
    with pytest.raises(NotFound):
        actions.approve_rule(somebody, version_id=asked.id)
    with pytest.raises(NotFound):
        actions.take_back_rule(somebody, version_id=asked.id)


def test_nobody_asks_without_saying_why(portal: Portal):
    with pytest.raises(ReasonMissing):
        actions.ask_rule(_ada(portal), rule=NEVER_DOWNLOAD, reason=" ")

    assert queries.rules(_ada(portal)) == []


@pytest.mark.parametrize(
    "rule",
    [
        Rule("No.", "", ("administer",), who="staff", never=True),
        Rule("No.", "", ("administer",), not_countries=("ES",)),
        Rule("No.", "", ("administer",), known_device=True),
    ],
)
def test_nobody_asks_for_what_would_shut_them_out(portal: Portal, rule: Rule):
    with pytest.raises(ShutsOut) as refusal:
        _ask(portal, rule)

    assert "shut you out" in refusal.value.sentence


def test_who_would_be_shut_out_by_approving_does_not_approve(portal: Portal):
    asked = actions.ask_rule(
        replace(_ada(portal), device_known=True),
        rule=Rule("Known devices alone.", "", ("administer",), known_device=True),
        reason="Safer",
    )

    with pytest.raises(ShutsOut):
        actions.approve_rule(second_administrator(portal), version_id=asked.id)

    assert queries.rules(_ada(portal))[0].state == "waiting"


def test_two_rules_that_start_at_the_same_moment_do_not_shut_everybody_out_together(portal: Portal):
    places = {"Office": "192.0.2.11", "Home": "198.51.100.7"}
    ada, grace = _ada(portal), second_administrator(portal)
    asked = {}
    for name, ip in places.items():
        actions.set_network(portal.actor("ada"), name=name, cidrs=[f"{ip}/32"])
        rule = Rule(f"From {name} alone.", "", ("administer",), networks=(name,))
        asked[name] = actions.ask_rule(replace(ada, ip=ip), rule=rule, reason="Safer").id

    refused = at_once(
        *(
            lambda name=name, ip=ip: actions.approve_rule(replace(grace, ip=ip), version_id=asked[name])
            for name, ip in places.items()
        )
    )

    assert refused in ([ShutsOut.__name__], [ConditionsRefuse.__name__])  # by the guard, or by the one that started
    assert len(loaded(portal.okoye).rules) == 1


def test_who_only_reads_conditions_is_not_told_who_did_what(portal: Portal):
    cleo, document_id = portal.actor("cleo"), _cleos(portal)
    documents.download_document(cleo, document_id=document_id)
    _ask(portal)
    dan = portal.actor("dan")
    actions.set_role_verbs(portal.actor("ada"), name="guest", verbs=("conditions:read",))

    (told,), (known,) = queries.rules(dan), queries.rules(_ada(portal))

    assert known.replay.first
    assert (told.replay.first, told.replay.refused) == ((), known.replay.refused)


@pytest.mark.parametrize(
    "rule",
    [
        Rule("No.", "", ("view",), networks=("The moon",)),
        Rule("No.", "", ("view",), roles=("emperor",), never=True),
    ],
)
def test_a_rule_names_only_what_is_there(portal: Portal, rule: Rule):
    with pytest.raises(RuleInvalid):
        _ask(portal, rule)


@pytest.mark.parametrize(
    "title",
    ['"}; permit (principal, action, resource); //', "{sentence.__class__} {0} %s", "Ruhe\u2028, bitte", "'; --"],
)
def test_what_somebody_writes_stays_words(portal: Portal, title: str):
    if not title.isprintable():
        with pytest.raises(RuleInvalid):
            replace(NEVER_DOWNLOAD, title=title)
        return
    _holding(portal, replace(NEVER_DOWNLOAD, title=title, remedy=""))

    with pytest.raises(ConditionsRefuse) as refusal:
        documents.download_document(portal.actor("cleo"), document_id=_cleos(portal))

    assert refusal.value.sentence == title


def test_a_rule_for_a_role_concerns_who_has_it(portal: Portal):
    document_id = _cleos(portal)
    documents.share_document(
        portal.actor("cleo"),
        document_id=document_id,
        person_id=portal.people["dan"],
        role="downloader",
        purpose="Look",
        until=None,
    )
    _holding(portal, replace(NEVER_DOWNLOAD, roles=("manager",)))

    documents.download_document(portal.actor("dan"), document_id=document_id)
    with pytest.raises(ConditionsRefuse):
        documents.download_document(portal.actor("cleo"), document_id=document_id)


def test_the_log_tells_of_each_step(portal: Portal):
    held = _holding(portal)
    actions.ask_rule_end(_ada(portal), version_id=held.id, reason="Over")
    grace = replace(_ada(portal), person_id=held.approvals[0].decided_by)
    actions.approve_rule(grace, version_id=held.id)

    found = [entry.event for entry in log.entries(Actor.system(portal.okoye), limit=30)]
    steps = [event for event in found if event.startswith(("approval.", "rule."))]

    assert steps[::-1] == [
        "approval.asked",
        "approval.given",
        "approval.used",
        "rule.started",
        "approval.asked",
        "approval.given",
        "approval.used",
        "rule.ended",
    ]

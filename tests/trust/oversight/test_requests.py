"""Access is asked for, given by a second person, ends by itself, and the client is told."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import acting_as
from muniment.portal.documents import actions as documents
from muniment.portal.documents import queries as document_queries
from muniment.trust.access import actions as grants
from muniment.trust.access import queries as access
from muniment.trust.access.errors import AskedAlready, ContentNeedsRequest, ReasonMissing, UnknownRole
from muniment.trust.audit import queries as log
from muniment.trust.audit.queries import LogFilter
from muniment.trust.audit.types import EARNING, Event
from muniment.trust.clients import queries as clients
from muniment.trust.identity import actions as identity
from muniment.trust.identity.models import Letter
from muniment.trust.oversight import actions, jobs, queries
from muniment.trust.oversight.errors import DecidedAlready, HeldAlready, NobodyToDecide, NotDecidedByYou, TooLong
from tests.cast import OKOYE, PEOPLE
from tests.guarantees.things import CONTENT, add_document
from tests.trust.oversight.people import Firm
from tests.worker import as_worker

ASKED: dict[str, Any] = {"role": "analyst", "reason": "The auditors ask about the lease", "hours": 4}


def sees(actor: Actor, firm: Firm) -> bool:
    """Return whether somebody may open the document in Okoye's space, as a fresh request would find."""
    with acting_as(actor):
        return access.may(firm.at_okoye(actor), "document:view")


def letters_to(address: str) -> list[str]:
    return [row.message["subject"] for row in Letter.objects.all() if address in row.message["to"]]


@pytest.mark.control("need-to-know")
def test_unassigned_staff_see_nothing_until_a_second_person_gives_it(firm: Firm):
    imani = firm.at_okoye(firm.imani)
    document_id = firm.things.values["document_id"]
    with pytest.raises(NotFound):
        documents.view_document(imani, document_id=document_id)

    asked = actions.ask_access(imani, **ASKED)
    with pytest.raises(NotFound):
        documents.view_document(imani, document_id=document_id)
    given = actions.give_access(firm.at_okoye(firm.ada), request_id=asked.id)

    documents.view_document(imani, document_id=document_id)
    assert given.state == "given"
    assert given.decided_at is not None
    assert given.ends_at == given.decided_at + timedelta(hours=4)
    assert firm.portal.okoye in {one.client_id for one in clients.memberships(firm.imani_id)}


@pytest.mark.control("retention-access-time", "need-to-know")
def test_what_was_given_ends_by_itself_and_so_does_belonging_there(firm: Firm, pass_time):
    imani = firm.at_okoye(firm.imani)
    asked = actions.ask_access(imani, **ASKED)
    actions.give_access(firm.at_okoye(firm.ada), request_id=asked.id)
    document_id = firm.things.values["document_id"]
    pass_time(timedelta(hours=3, minutes=59))
    documents.view_document(imani, document_id=document_id)

    pass_time(timedelta(minutes=2))
    with pytest.raises(NotFound):
        documents.view_document(imani, document_id=document_id)
    with as_worker():
        jobs.end_access(0)

    assert firm.portal.okoye not in {one.client_id for one in clients.memberships(firm.imani_id)}
    (mine,) = [one for one in queries.requests(firm.at_okoye(firm.ada)) if one.id == asked.id]
    assert mine.state == "ended"
    ended = log.entries(firm.portal.actor("cleo"), LogFilter(events=(Event.ACCESS_ENDED,)))
    assert [entry.object_id for entry in ended] == [asked.id]


def test_the_client_is_told_and_the_act_earns_a_receipt(firm: Firm):
    asked = actions.ask_access(firm.at_okoye(firm.imani), **ASKED)
    actions.give_access(firm.at_okoye(firm.ada), request_id=asked.id)

    (entry,) = log.entries(firm.portal.actor("cleo"), LogFilter(events=(Event.ACCESS_GIVEN,)))
    assert entry.facts["asked_by"] == ids.public(firm.imani_id)
    assert entry.person_id == firm.ada.person_id
    assert Event.ACCESS_GIVEN in EARNING
    assert [subject for subject in letters_to(PEOPLE["cleo"][1]) if "Imani Cole got access" in subject]
    said = "\n".join(row.message["body"] for row in Letter.objects.all())
    assert ASKED["reason"] not in said


def test_nobody_decides_for_themselves(firm: Firm):
    asked = actions.ask_access(firm.at_okoye(firm.ada), **ASKED)

    with pytest.raises(NotDecidedByYou):
        actions.give_access(firm.at_okoye(firm.ada), request_id=asked.id)

    assert actions.give_access(firm.at_okoye(firm.eli), request_id=asked.id).state == "given"


@pytest.mark.control("need-to-know")
def test_who_administers_reads_nothing_without_a_second_person(firm: Firm):
    ada = firm.at_okoye(firm.ada)
    document_id = firm.things.values["document_id"]
    with pytest.raises(NotFound):
        documents.view_document(ada, document_id=document_id)

    asked = actions.ask_access(ada, role="analyst", reason="The portal lost a page", hours=1, is_emergency=True)
    with pytest.raises(NotFound):
        documents.view_document(ada, document_id=document_id)
    actions.give_access(firm.at_okoye(firm.eli), request_id=asked.id)

    documents.view_document(ada, document_id=document_id)
    with acting_as(ada):
        (grant,) = access.grants(ada, person_id=ada.person_id)
    assert grant.is_emergency
    assert grant.ends_at is not None
    (entry,) = log.entries(firm.portal.actor("cleo"), LogFilter(events=(Event.ACCESS_GIVEN,)))
    assert entry.facts["emergency"] is True


@pytest.mark.control("need-to-know")
def test_no_colleague_gives_an_administrator_content_by_another_way(firm: Firm):
    eli = firm.at_okoye(firm.eli)

    with pytest.raises(ContentNeedsRequest):
        identity.assign_staff(eli, person_id=firm.portal.people["ada"], role="advisor", purpose="Year end")
    with pytest.raises(ContentNeedsRequest):
        grants.give_grant(
            firm.portal.actor("cleo"),
            person_id=firm.ada.person_id,
            role="viewer",
            purpose="Look",
            scope=("document", firm.things.values["document_id"]),
        )

    assert not sees(firm.ada, firm)


def test_without_a_second_person_there_is_no_emergency_access(portal):
    ada = portal.actor("ada", portal.brandt)  # nobody is assigned there, and there is no other administrator
    contact = portal.actor("mallory")
    with acting_as(contact):
        for grant in access.grants(contact, person_id=contact.person_id):
            grants.end_grant(Actor.system(portal.brandt), grant_id=grant.id)

    with pytest.raises(NobodyToDecide) as refused:
        actions.ask_access(ada, role="analyst", reason="The portal lost a page", hours=1, is_emergency=True)

    assert "second administrator" in refused.value.sentence


def test_an_emergency_is_a_day_at_most(firm: Firm):
    with pytest.raises(TooLong):
        actions.ask_access(firm.at_okoye(firm.ada), role="analyst", reason="All night", hours=72, is_emergency=True)
    with pytest.raises(TooLong):
        actions.ask_access(firm.at_okoye(firm.ada), role="analyst", reason="Forever", hours=24 * 365)


def test_roles_that_administer_cannot_be_asked_for_and_a_reason_is_needed(firm: Firm):
    imani = firm.at_okoye(firm.imani)
    for role in ("super-admin", "admin", "manager", "nonsense"):
        with pytest.raises(UnknownRole):
            actions.ask_access(imani, role=role, reason="Please", hours=4)
    with pytest.raises(ReasonMissing):
        actions.ask_access(imani, role="analyst", reason="  ", hours=4)


def test_the_same_is_asked_for_once_at_a_time(firm: Firm, pass_time):
    imani = firm.at_okoye(firm.imani)
    actions.ask_access(imani, **ASKED)
    with pytest.raises(AskedAlready):
        actions.ask_access(imani, **ASKED)

    pass_time(timedelta(days=15))  # nobody answered: it has lapsed

    assert actions.ask_access(imani, **ASKED).state == "asked"


def test_a_running_grant_is_not_moved_by_a_request(firm: Firm):
    ben = firm.portal.actor("ben")
    with pytest.raises(HeldAlready):
        actions.ask_access(ben, role="advisor", reason="Go on", hours=1)

    with acting_as(ben):
        (grant,) = access.grants(ben, person_id=ben.person_id)
    assert grant.ends_at is None


def test_a_decision_is_made_once(firm: Firm):
    asked = actions.ask_access(firm.at_okoye(firm.imani), **ASKED)
    ada = firm.at_okoye(firm.ada)
    declined = actions.decline_access(ada, request_id=asked.id, reason="Ask Ben")

    assert (declined.state, declined.decision) == ("declined", "Ask Ben")
    for act in (actions.give_access, actions.decline_access):
        with pytest.raises(DecidedAlready):
            act(ada, request_id=asked.id)
    assert not sees(firm.imani, firm)


def test_a_request_is_taken_back_and_access_given_back(firm: Firm):
    imani, ada = firm.at_okoye(firm.imani), firm.at_okoye(firm.ada)
    first = actions.ask_access(imani, **ASKED)
    assert actions.end_access(imani, request_id=first.id).state == "taken-back"
    with pytest.raises(DecidedAlready):
        actions.give_access(ada, request_id=first.id)

    second = actions.ask_access(imani, **ASKED)
    actions.give_access(ada, request_id=second.id)
    assert sees(firm.imani, firm)

    assert actions.end_access(ada, request_id=second.id).state == "ended"
    assert not sees(firm.imani, firm)


def test_an_advisor_of_the_client_decides_and_one_of_another_does_not(firm: Firm):
    asked = actions.ask_access(firm.at_okoye(firm.imani), **ASKED)
    mallory = firm.portal.actor("mallory").within(firm.portal.okoye)
    dan = firm.portal.actor("dan")
    cleo = firm.portal.actor("cleo")  # decides what her own people ask for, not who of the firm comes in

    for nobody in (mallory, dan, cleo, replace(firm.at_okoye(firm.imani), person_id=ids.new())):
        with pytest.raises(NotFound):
            actions.give_access(nobody, request_id=asked.id)

    assert actions.give_access(firm.portal.actor("ben"), request_id=asked.id).state == "given"


def test_a_contact_asks_for_one_document_and_the_manager_gives_it(firm: Firm):
    cleo, dan = firm.portal.actor("cleo"), firm.portal.actor("dan")
    other = add_document(cleo, "Rent.pdf", CONTENT).document_id
    with pytest.raises(NotFound):
        documents.view_document(dan, document_id=other)

    asked = actions.ask_access(dan, role="viewer", reason="I pay the rent", hours=24, scope=("document", other))
    actions.give_access(cleo, request_id=asked.id)

    documents.view_document(dan, document_id=other)
    with pytest.raises(NotFound):
        documents.download_document(dan, document_id=other)


def test_a_contact_cannot_ask_for_everything_nor_at_another_client(firm: Firm):
    dan, mallory = firm.portal.actor("dan"), firm.portal.actor("mallory")
    with pytest.raises(NotFound):
        actions.ask_access(dan, role="viewer", reason="All of it", hours=24)
    with pytest.raises(NotFound):
        actions.ask_access(
            mallory.within(firm.portal.okoye),
            role="viewer",
            reason="Curious",
            hours=24,
            scope=("document", firm.things.values["document_id"]),
        )


def test_asking_for_what_does_not_exist_tells_nothing_and_gives_nothing(firm: Firm):
    dan, nowhere = firm.portal.actor("dan"), ids.new()

    asked = actions.ask_access(dan, role="viewer", reason="A link I got", hours=24, scope=("document", nowhere))

    assert asked.state == "asked"
    assert asked.id not in {one.id for one in queries.requests(firm.portal.actor("cleo"))}
    with pytest.raises(NotFound):
        actions.give_access(firm.at_okoye(firm.ada), request_id=asked.id)


def test_a_client_is_named_and_an_invented_name_looks_the_same(firm: Firm):
    imani = firm.imani

    actions.ask_by_name(imani, named=f"  {OKOYE.upper()} ", **ASKED)
    actions.ask_by_name(imani, named="Nowhere & Sons", **ASKED)
    for name in (OKOYE, "nowhere &  sons"):
        with pytest.raises(AskedAlready):
            actions.ask_by_name(imani, named=name, **ASKED)

    assert {line.named for line in queries.docket(imani)} == {OKOYE.upper(), "Nowhere & Sons"}
    (asked,) = [line.request for line in queries.docket(firm.ada) if line.request]
    assert asked.may_decide
    assert actions.give_access(firm.at_okoye(firm.ada), request_id=asked.id).state == "given"


def test_what_is_asked_on_a_clients_page_is_on_every_administrators_list_and_home(firm: Firm):
    asked = actions.ask_access(firm.at_okoye(firm.ada), **ASKED)

    (line,) = queries.docket(firm.eli)
    assert line.named == OKOYE
    assert line.request is not None
    assert line.request.id == asked.id
    assert [one.id for one in queries.to_decide(firm.eli)] == [asked.id]
    assert [one.id for one in queries.to_decide(firm.portal.actor("ben"))] == [asked.id]
    assert queries.to_decide(firm.ada) == []
    assert queries.to_decide(firm.imani) == []


def test_the_list_of_the_firm_shows_others_nothing(firm: Firm):
    actions.ask_by_name(firm.imani, named=OKOYE, **ASKED)
    other = replace(firm.imani, person_id=ids.new())

    assert queries.docket(other) == []
    with pytest.raises(NotFound):
        queries.docket(firm.portal.actor("cleo"))


def test_a_request_that_nobody_answers_lapses(firm: Firm, pass_time):
    asked = actions.ask_access(firm.at_okoye(firm.imani), **ASKED)
    pass_time(timedelta(days=15))

    with pytest.raises(DecidedAlready):
        actions.give_access(firm.at_okoye(firm.ada), request_id=asked.id)
    with as_worker():
        jobs.end_access(0)

    (row,) = queries.requests(firm.at_okoye(firm.ada))
    assert row.state == "lapsed"
    assert log.entries(firm.portal.actor("cleo"), LogFilter(events=(Event.ACCESS_LAPSED,)))


def test_only_the_worker_ends_what_is_over(firm: Firm, pass_time):
    asked = actions.ask_access(firm.at_okoye(firm.imani), **ASKED)
    actions.give_access(firm.at_okoye(firm.ada), request_id=asked.id)
    worker = Actor.system(firm.portal.okoye)
    with pytest.raises(NotFound):
        actions.end_due(worker, request_id=asked.id)  # not over yet

    pass_time(timedelta(hours=5))
    with pytest.raises(NotFound):
        actions.end_due(firm.at_okoye(firm.ada), request_id=asked.id)

    ended_at = actions.end_due(worker, request_id=asked.id).ended_at
    assert ended_at is not None
    assert ended_at <= clock.now()


@pytest.mark.control("need-to-know")
def test_what_was_carried_over_to_a_folder_that_was_closed_ends_with_the_request(firm: Firm):
    """Closing a folder gives who stays the same on the folder: ended early, that may not go on to its first end."""
    ada, cleo = firm.at_okoye(firm.ada), firm.portal.actor("cleo")
    folder_id = firm.things.values["folder_id"]
    asked = actions.ask_access(ada, role="analyst", reason="The portal lost a page", hours=24)
    actions.give_access(firm.at_okoye(firm.eli), request_id=asked.id)
    documents.close_folder(
        cleo, folder_id=folder_id, stay=[way.id for way in document_queries.ways_in(cleo, folder_id)]
    )

    actions.end_access(ada, request_id=asked.id)

    assert not sees(firm.ada, firm)
    with acting_as(ada):
        assert access.grants(ada, person_id=ada.person_id) == []
    assert ada.client not in {place.client_id for place in clients.memberships(firm.portal.people["ada"])}


def test_nothing_is_given_to_who_left_the_firm_meanwhile(firm: Firm):
    asked = actions.ask_access(firm.at_okoye(firm.imani), **ASKED)
    identity.end_membership(firm.ada, person_id=firm.imani_id)

    with pytest.raises(NotFound):
        actions.give_access(firm.at_okoye(firm.ada), request_id=asked.id)

    with acting_as(firm.at_okoye(firm.ada)):
        assert access.grants(firm.at_okoye(firm.ada), person_id=firm.imani_id) == []

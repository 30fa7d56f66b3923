"""Every access is confirmed or removed from time to time; what nobody uses is proposed for removal."""

import csv
import io
import json
from datetime import timedelta

import pytest

from muniment.core import clock, ids
from muniment.core import health as portal_health
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import acting_as
from muniment.portal.documents import actions as documents
from muniment.trust.access import actions as grants
from muniment.trust.access import queries as access
from muniment.trust.access.errors import ReasonMissing
from muniment.trust.access.models import Grant
from muniment.trust.audit import queries as log
from muniment.trust.audit.queries import LogFilter
from muniment.trust.audit.types import Event
from muniment.trust.clients import queries as clients
from muniment.trust.identity import actions as identity
from muniment.trust.identity.models import Letter, Person
from muniment.trust.oversight import actions, health, jobs, queries
from muniment.trust.oversight.errors import DecidedAlready, NotDecidedByYou, ReviewOpen
from muniment.trust.oversight.types import ItemFacts, ReviewFacts
from tests.cast import PEOPLE
from tests.trust.oversight.people import Firm
from tests.worker import as_worker

QUARTER = timedelta(days=92)


def begun(firm: Firm) -> ReviewFacts:
    return actions.start_review(firm.at_okoye(firm.ada))


def items(actor: Actor, review: ReviewFacts) -> dict[tuple[str, str], ItemFacts]:
    """Return the lines of a review by the person's key in the cast (or "") and the role."""
    found = queries.review(actor, review.id)[1]
    return {(str(item.person_id or ""), item.role): item for item in found}


def given_long_ago(firm: Firm) -> None:
    """Let every grant of Okoye's space be a hundred days old; the log goes by the database's clock."""
    with acting_as(Actor.system(firm.portal.okoye)):
        Grant.objects.filter(client_id=firm.portal.okoye).update(starts_at=clock.now() - timedelta(days=100))


def item_of(firm: Firm, actor: Actor, review: ReviewFacts, who: str, role: str) -> ItemFacts:
    return items(actor, review)[str(firm.portal.people[who]), role]


@pytest.mark.control("file-level-need")
def test_a_review_holds_every_grant_with_its_owner(firm: Firm):
    ada = firm.at_okoye(firm.ada)
    with acting_as(ada):
        running = {grant.id for grant in access.grants(ada)}

    review = begun(firm)

    found = queries.review(ada, review.id)[1]
    assert {item.grant_id for item in found} == running
    assert review.items == len(running) >= 4
    share = item_of(firm, ada, review, "dan", "viewer")
    assert share.owner_id == firm.portal.people["cleo"]  # who gave it
    (started,) = log.entries(firm.portal.actor("cleo"), LogFilter(events=(Event.REVIEW_STARTED,)))
    assert started.id == review.start_entry


def test_what_the_portal_itself_gave_is_asked_of_somebody_who_reviews(firm: Firm):
    review = begun(firm)

    manager = item_of(firm, firm.at_okoye(firm.ada), review, "cleo", "manager")
    advisor = item_of(firm, firm.at_okoye(firm.ada), review, "ben", "advisor")

    assert manager.owner_id not in {None, firm.portal.people["cleo"]}
    assert advisor.owner_id not in {None, firm.portal.people["ben"]}


@pytest.mark.control("file-level-need")
def test_what_nobody_used_is_proposed_and_removing_it_closes_the_document(firm: Firm, pass_time):
    cleo, dan = firm.portal.actor("cleo"), firm.portal.actor("dan")
    document_id = firm.things.values["document_id"]
    documents.view_document(dan, document_id=document_id)
    pass_time(timedelta(days=100))
    review = begun(firm)
    share = item_of(firm, cleo, review, "dan", "viewer")
    assert share.proposed == "unused"
    assert share.used_at is not None

    with pytest.raises(ReasonMissing):
        actions.decide_items(cleo, review_id=review.id, item_ids=[share.id], keep=True)
    actions.decide_items(cleo, review_id=review.id, item_ids=[share.id], keep=False, reason="He is done")

    with pytest.raises(NotFound):
        documents.view_document(dan, document_id=document_id)
    removed = item_of(firm, cleo, review, "dan", "viewer")
    assert (removed.state, removed.reason, removed.decided_by) == ("removed", "He is done", cleo.person_id)
    (entry,) = log.entries(cleo, LogFilter(events=(Event.REVIEW_REMOVED,)))
    assert entry.id == removed.entry_id


def test_what_was_used_lately_is_not_proposed(firm: Firm):
    dan = firm.portal.actor("dan")
    given_long_ago(firm)
    documents.view_document(dan, document_id=firm.things.values["document_id"])

    review = begun(firm)

    share = item_of(firm, firm.portal.actor("cleo"), review, "dan", "viewer")
    assert share.proposed == ""


def test_a_share_of_a_folder_is_used_when_what_lies_in_it_is(firm: Firm):
    cleo, dan = firm.portal.actor("cleo"), firm.portal.actor("dan")
    folder_id = firm.things.values["folder_id"]
    documents.share_folder(cleo, folder_id=folder_id, person_id=dan.person_id, role="downloader", purpose="All")
    documents.share_folder(
        cleo,
        folder_id=documents.create_folder(cleo, name="Empty").id,
        person_id=dan.person_id,
        role="editor",
        purpose="None",
    )
    given_long_ago(firm)
    documents.view_document(dan, document_id=firm.things.values["document_id"])

    review = begun(firm)

    assert item_of(firm, cleo, review, "dan", "downloader").proposed == ""
    assert item_of(firm, cleo, review, "dan", "editor").proposed == "unused"


def test_the_grant_of_somebody_who_cannot_sign_in_any_more_is_proposed(firm: Firm):
    Person.objects.filter(id=firm.portal.people["dan"]).update(disabled_at=clock.now())

    review = begun(firm)

    assert item_of(firm, firm.portal.actor("cleo"), review, "dan", "viewer").proposed == "left"


def test_nobody_reviews_their_own_access(firm: Firm):
    ben = firm.portal.actor("ben")
    review = begun(firm)
    own = item_of(firm, ben, review, "ben", "advisor")
    assert not own.may_decide

    with pytest.raises(NotDecidedByYou):
        actions.decide_items(ben, review_id=review.id, item_ids=[own.id], keep=True)


def test_nobody_reviews_what_they_have_by_a_group(firm: Firm):
    ben, cleo = firm.portal.actor("ben", firm.portal.okoye), firm.portal.actor("cleo")
    group = grants.make_group(ben, name="Board")
    for name in ("cleo", "dan"):
        grants.add_to_group(ben, group_id=group.id, person_id=firm.portal.people[name])
    documents.share_folder(
        cleo,
        folder_id=firm.things.values["folder_id"],
        person_id=None,
        group_id=group.id,
        role="viewer",
        purpose="The board meets",
    )
    review = begun(firm)

    (line,) = [item for item in queries.review(cleo, review.id)[1] if item.group_id == group.id]
    assert line.owner_id not in {None, *(firm.portal.people[name] for name in ("cleo", "dan"))}
    assert not line.may_decide
    with pytest.raises(NotDecidedByYou):
        actions.decide_items(cleo, review_id=review.id, item_ids=[line.id], keep=True, reason="Needed")
    assert actions.decide_items(ben, review_id=review.id, item_ids=[line.id], keep=True, reason="Needed").kept == 1


def test_a_contact_reviews_the_access_of_their_own_people_not_of_the_firm(firm: Firm):
    cleo = firm.portal.actor("cleo")
    review = begun(firm)
    of_ben = item_of(firm, cleo, review, "ben", "advisor")
    of_dan = item_of(firm, cleo, review, "dan", "guest")
    assert (of_ben.may_decide, of_dan.may_decide) == (False, True)

    with pytest.raises(NotFound):
        actions.decide_items(cleo, review_id=review.id, item_ids=[of_ben.id], keep=False, reason="No")


def test_who_gave_a_share_sees_their_own_lines_alone(firm: Firm):
    cleo, dan = firm.portal.actor("cleo"), firm.portal.actor("dan")
    grants.give_grant(
        Actor.system(firm.portal.okoye), person_id=dan.person_id, role="editor", purpose="Helps", scope=None
    )
    document_id = firm.things.values["document_id"]
    shared = grants.give_grant(
        dan, person_id=cleo.person_id, role="viewer", purpose="See", scope=("document", document_id)
    )
    review = begun(firm)

    found = queries.review(dan, review.id)[1]

    assert [item.grant_id for item in found] == [shared.id]
    assert [count for _facts, count in queries.open_for(dan)] == [1]
    actions.decide_items(dan, review_id=review.id, item_ids=[found[0].id], keep=True)
    assert queries.open_for(dan) == []


def test_nobody_else_sees_a_review(firm: Firm):
    review = begun(firm)
    mallory = firm.portal.actor("mallory").within(firm.portal.okoye)

    for nobody in (firm.portal.actor("dan"), mallory, firm.at_okoye(firm.imani)):
        with pytest.raises(NotFound):
            queries.review(nobody, review.id)
        with pytest.raises(NotFound):
            queries.reviews(nobody)
        with pytest.raises(NotFound):
            actions.export_review(nobody, review_id=review.id, form="csv")


def test_the_last_decision_finishes_the_review(firm: Firm):
    ada = firm.at_okoye(firm.ada)
    review = begun(firm)
    wanted = [item.id for item in queries.review(ada, review.id)[1]]
    with pytest.raises(ReviewOpen):
        begun(firm)

    done = actions.decide_items(ada, review_id=review.id, item_ids=wanted, keep=True, reason="Still at work here")

    assert done.closed_at is not None
    assert (done.open, done.kept) == (0, len(wanted))
    assert log.entries(firm.portal.actor("cleo"), LogFilter(events=(Event.REVIEW_CLOSED,)))
    with pytest.raises(DecidedAlready):
        actions.decide_items(ada, review_id=review.id, item_ids=wanted[:1], keep=False, reason="Too late")


def test_removing_the_last_reason_lets_staff_leave_the_client(firm: Firm):
    ada = firm.at_okoye(firm.ada)
    review = begun(firm)
    of_ben = item_of(firm, ada, review, "ben", "advisor")

    actions.decide_items(ada, review_id=review.id, item_ids=[of_ben.id], keep=False, reason="Another colleague now")

    assert firm.portal.okoye not in {one.client_id for one in clients.memberships(firm.portal.people["ben"])}


def test_a_grant_that_ends_meanwhile_is_over_and_stands_in_nobodys_way(firm: Firm):
    ada, cleo = firm.at_okoye(firm.ada), firm.portal.actor("cleo")
    review = begun(firm)
    share = item_of(firm, ada, review, "dan", "viewer")
    identity.end_membership(cleo, person_id=firm.portal.people["dan"])

    with pytest.raises(DecidedAlready):
        actions.decide_items(ada, review_id=review.id, item_ids=[share.id], keep=True, reason="Still")
    others = [item.id for item in queries.review(ada, review.id)[1] if item.may_decide]
    done = actions.decide_items(ada, review_id=review.id, item_ids=others, keep=True, reason="Still at work here")

    assert done.closed_at is not None


def test_reviews_begin_each_quarter_by_themselves(firm: Firm, pass_time):
    with as_worker():
        jobs.review_access(0)
    assert queries.reviews(firm.at_okoye(firm.ada)) == []

    pass_time(QUARTER)
    with as_worker():
        jobs.review_access(0)
        jobs.review_access(0)

    places = dict(queries.overview(firm.ada))
    assert set(places) == {firm.portal.firm_id, firm.portal.okoye, firm.portal.brandt}
    assert all(review is not None and review.closed_at is None for review in places.values())
    told = [row for row in Letter.objects.all() if PEOPLE["cleo"][1] in row.message["to"]]
    assert any("who has access" in row.message["subject"] for row in told)


def test_what_is_late_is_on_the_health_page_and_asked_for_once_more(firm: Firm, pass_time):
    review = begun(firm)
    (line,) = health.reviews()
    assert line.state == "good"
    pass_time(timedelta(days=22))

    (line,) = health.reviews()
    assert line.state == "notice"
    assert "1 of 1 open reviews are late" in line.sentence
    assert any(found.name == "Reviews of access" for found in portal_health.lines()["access"])
    with as_worker():
        jobs.review_access(0)
        jobs.review_access(0)

    reminded = log.entries(firm.portal.actor("cleo"), LogFilter(events=(Event.REVIEW_LATE,)))
    assert [entry.object_id for entry in reminded] == [review.id]


@pytest.mark.control("file-level-need")
def test_the_evidence_names_each_decision_and_the_entry_that_proves_it(firm: Firm):
    ada, cleo = firm.at_okoye(firm.ada), firm.portal.actor("cleo")
    review = begun(firm)
    share = item_of(firm, cleo, review, "dan", "viewer")
    actions.decide_items(cleo, review_id=review.id, item_ids=[share.id], keep=False, reason='=HYPERLINK("x")')

    told = json.loads(actions.export_review(ada, review_id=review.id, form="json").data)
    table = list(csv.DictReader(io.StringIO(actions.export_review(ada, review_id=review.id, form="csv").data.decode())))

    line = next(line for line in told["grants"] if line["grant"] == ids.public(share.grant_id))
    assert line["outcome"] == "removed"
    assert line["decided_by"] == PEOPLE["cleo"][0]
    entries = {
        ids.public(entry.id): entry.event for entry in log.entries(cleo, LogFilter(events=(Event.REVIEW_REMOVED,)))
    }
    assert entries == {line["entry"]: Event.REVIEW_REMOVED}
    assert review.start_entry is not None
    assert told["entry"] == ids.public(review.start_entry)
    assert len(table) == len(told["grants"])
    assert next(row for row in table if row["grant"] == line["grant"])["reason"].startswith("'=")
    assert len(log.entries(cleo, LogFilter(events=(Event.REVIEW_EXPORTED,)))) == 2


def test_an_auditor_reads_reviews_and_decides_nothing(firm: Firm):
    auditor_id = firm.things.in_role("auditor")
    auditor = Actor(kind="staff", person_id=auditor_id, client_id=firm.portal.okoye)
    review = begun(firm)

    found = queries.review(auditor, review.id)[1]

    assert found
    assert not any(item.may_decide for item in found)
    with pytest.raises(NotFound):
        actions.decide_items(auditor, review_id=review.id, item_ids=[found[0].id], keep=True)

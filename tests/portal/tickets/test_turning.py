"""What a client asked for becomes a checklist, or a task of a project, once."""

import pytest

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.portal.checklists import queries as checklists
from muniment.portal.projects import actions as projects
from muniment.portal.projects import queries as known_projects
from muniment.portal.tickets import actions, queries
from muniment.portal.tickets.errors import TicketMoved, TurnedAlready
from muniment.portal.tickets.types import TicketFacts
from tests.cast import Portal, signed_in

pytestmark = pytest.mark.control("client-requests")


@pytest.fixture
def ben(portal: Portal) -> Actor:
    return portal.actor("ben")


@pytest.fixture
def asked(portal: Portal) -> TicketFacts:
    return actions.ask_ticket(portal.actor("cleo"), kind="change", title="A new office", text="From May on.")


def test_it_becomes_a_task_with_its_words(asked: TicketFacts, ben: Actor):
    project = projects.start_project(ben, values=projects.ProjectValues("Moving"))
    stage = projects.add_stage(ben, project_id=project.id, name="Prepare")

    turned = actions.turn_into_task(ben, ticket_id=asked.id, version=1, project_id=project.id, stage_id=stage.id)

    (task,) = known_projects.board(ben, project.id).of_stage(stage.id)
    assert (turned.became, turned.became_id) == ("task", task.id)
    assert task.title == "A new office"


def test_it_becomes_a_checklist_that_nobody_of_the_client_sees_yet(asked: TicketFacts, ben: Actor, portal: Portal):
    turned = actions.turn_into_checklist(ben, ticket_id=asked.id, version=1)

    assert turned.became_id is not None
    assert checklists.draft(ben, turned.became_id).plan.title == "A new office"
    assert checklists.checklists(portal.actor("cleo")) == []


def test_it_is_turned_once_and_by_who_saw_it_as_it_is(asked: TicketFacts, ben: Actor):
    actions.turn_into_checklist(ben, ticket_id=asked.id, version=1)

    with pytest.raises(TicketMoved):
        actions.turn_into_checklist(ben, ticket_id=asked.id, version=1)
    with pytest.raises(TurnedAlready):
        actions.turn_into_checklist(ben, ticket_id=asked.id, version=2)


def test_a_contact_turns_nothing(asked: TicketFacts, portal: Portal):
    with pytest.raises(NotFound):
        actions.turn_into_checklist(portal.actor("cleo"), ticket_id=asked.id, version=1)


def test_the_page_offers_what_there_is_and_leads_there(asked: TicketFacts, ben: Actor, portal: Portal):
    project = projects.start_project(ben, values=projects.ProjectValues("Moving"))
    projects.add_stage(ben, project_id=project.id, name="Prepare")
    browser, url = signed_in(portal.people["ben"]), queries.ticket_url(portal.okoye, asked.id)

    shown = browser.get(f"{url}turn/", secure=True).content.decode()
    answer = browser.post(f"{url}turn/", {"version": 1, "into": ids.public(project.id)}, secure=True)

    assert "A task of the project Moving" in shown
    assert answer.status_code == 302
    assert "It is a task of a project now" in browser.get(url, secure=True).content.decode()
    assert "A new office" in browser.get(answer["Location"], secure=True).content.decode()

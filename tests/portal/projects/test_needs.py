"""What of projects needs somebody, and whom acts on them concern."""

from datetime import timedelta
from uuid import UUID

import pytest

from muniment.core import ids
from muniment.core.telling import Told
from muniment.portal.projects import actions, queries
from muniment.portal.projects.queries import concerned, needs
from muniment.trust.audit import queries as log
from muniment.trust.audit.queries import LogFilter
from muniment.trust.audit.types import Event
from muniment.trust.clients import queries as clients
from tests.cast import Portal
from tests.portal.projects.casting import done, started, task


def told(portal: Portal, event: Event) -> frozenset[UUID]:
    """Return whom the newest act of a kind concerns."""
    (entry,) = log.entries(portal.actor("ben"), LogFilter(events=(event,)), limit=1)
    act = Told(entry.id, portal.okoye, entry.event, entry.object_id, entry.facts, entry.person_id, entry.at)
    return concerned.CONCERNED[event](act).people


def test_a_contact_needs_to_do_what_is_theirs_or_anybodys_and_can_begin_by_its_day(portal: Portal):
    board, cleo, today = started(portal), portal.actor("cleo"), queries.today()
    later = task(portal, board, "Later", side="client", due_on=today + timedelta(days=9))
    mine = task(portal, board, "Mine", side="client", assignee_id=cleo.person_id, due_on=today)
    waits = task(portal, board, "Waits", side="client")
    task(portal, board, "Theirs", side="firm")
    actions.need_task(portal.actor("ben"), task_id=waits.id, first_id=later.id)

    found = needs.needs(cleo)

    assert [(one.title, one.due) for one in found] == [("Mine", mine.due_on), ("Later", later.due_on)]
    assert found[0].url == f"/{ids.public(portal.okoye)}/tasks/{ids.public(mine.id)}/"


def test_staff_need_what_is_given_to_them_in_all_clients_and_see_what_clients_are_late_with(portal: Portal):
    board, ben, today = started(portal), portal.actor("ben"), queries.today()
    task(portal, board, "Mine", side="firm")
    task(portal, board, "Late", side="client", due_on=today - timedelta(days=1))
    task(portal, board, "In time", side="client", due_on=today)

    everywhere = needs.needs_everywhere(ben.within(clients.firm_id()))

    assert [one.title for one in needs.needs(ben)] == ["Mine"]
    assert sorted(one.title for one in everywhere) == ["Late", "Mine"]
    assert needs.needs_everywhere(portal.actor("mallory")) == []


def test_what_is_over_or_in_a_closed_project_or_a_template_needs_nobody(portal: Portal):
    board, ben = started(portal), portal.actor("ben")
    done(portal, task(portal, board, "Over", side="firm"))
    task(portal, board, "Kept", side="firm")
    actions.keep_as_template(ben, project_id=board.project.id, name="Year end")
    actions.close_project(ben, project_id=board.project.id, version=board.project.version)

    assert needs.needs(ben) == []
    assert needs.needs_everywhere(ben) == []


@pytest.mark.control("project-workflow")
def test_who_is_to_do_a_task_is_told_and_nobody_who_may_not_see_it(portal: Portal):
    board, people = started(portal), portal.people
    task(portal, board, "Yours", side="client", assignee_id=people["cleo"])
    given = told(portal, Event.TASK_ADDED)
    task(portal, board, "Anybody's", side="client")
    anybody = told(portal, Event.TASK_ADDED)

    assert given == {people["cleo"]}
    assert anybody == {people["cleo"]}  # Dan is a guest, and follows no projects
    assert told(portal, Event.PROJECT_STARTED) == {people["cleo"]}


def test_who_leads_a_project_is_told_when_a_task_of_it_is_done(portal: Portal):
    board = started(portal)
    found = task(portal, board, side="client")

    begun = actions.move_task(portal.actor("cleo"), task_id=found.id, version=1, state="in-work")
    first = told(portal, Event.TASK_MOVED)
    actions.move_task(portal.actor("cleo"), task_id=found.id, version=begun.version, state="done")

    assert not first
    assert told(portal, Event.TASK_MOVED) == {portal.people["ben"]}

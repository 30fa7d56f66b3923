"""The pages of projects, as people of the firm and of the client see them."""

import re
from dataclasses import replace

import pytest

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.core.clock import now
from muniment.portal.projects import actions, queries
from muniment.portal.projects.actions import ProjectValues
from muniment.portal.projects.types import RuleValues, TaskValues
from tests.cast import Portal, signed_in
from tests.portal.projects.casting import started, state_of, task

TODAY = now().date()


def page(browser, path, **post):
    """Return the answer to a page, or to a form that is sent there."""
    return browser.post(path, post, secure=True) if post else browser.get(path, secure=True)


def place(portal, *parts):
    """Return an address within Okoye's space."""
    return "/" + "/".join(ids.public(p) if not isinstance(p, str) else p for p in (portal.okoye, *parts)) + "/"


def text(answer):
    """Return what a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


@pytest.mark.control("project-workflow")
def test_both_sides_see_the_project_and_the_firm_alone_what_is_for_it(portal: Portal):
    board = started(portal)
    task(portal, board, "Send the ledger", side="client", due_on=TODAY)
    task(portal, board, "Check their risk", for_firm=True)
    path = place(portal, "projects", board.project.id)

    for view in ("", "?view=list", "?view=timeline"):
        ben, cleo = (text(page(signed_in(portal.people[who]), path + view)) for who in ("ben", "cleo"))
        assert "Send the ledger" in ben
        assert "Check their risk" in ben
        assert "Send the ledger" in cleo
        assert "Check their risk" not in cleo


@pytest.mark.control("project-workflow")
def test_a_client_finds_its_own_projects_only(portal: Portal):
    board = started(portal)
    mallory, cleo = signed_in(portal.people["mallory"]), signed_in(portal.people["cleo"])
    path = place(portal, "projects", board.project.id)
    elsewhere = path.replace(ids.public(portal.okoye), ids.public(portal.brandt))

    assert page(cleo, path).status_code == 200
    assert [page(mallory, one).status_code for one in (path, elsewhere, place(portal, "projects"))] == [404, 404, 404]
    assert "Year end" not in text(page(mallory, f"/{ids.public(portal.brandt)}/projects/"))


def test_a_task_is_begun_and_finished_by_buttons_alone(portal: Portal):
    board, cleo = started(portal), signed_in(portal.people["cleo"])
    found = task(portal, board, side="client")
    path = place(portal, "tasks", found.id, "move")

    first = page(cleo, path, version="1", state="in-work", back="task")
    then = page(cleo, path, version="2", state="done", back="list")

    assert (first.status_code, then.status_code) == (302, 302)
    assert then.url.endswith("?view=list")
    assert state_of(portal, found.id) == "done"


@pytest.mark.parametrize("sent", [{}, {"version": "x", "state": "done"}, {"version": "1", "state": "flying"}])
def test_nonsense_is_refused_and_moves_nothing(portal: Portal, sent):
    found = task(portal, started(portal), side="client")

    answer = page(signed_in(portal.people["cleo"]), place(portal, "tasks", found.id, "move"), **(sent or {"a": "b"}))

    assert answer.status_code == 422
    assert state_of(portal, found.id) == "open"


def test_an_illegal_move_is_a_page_that_says_so(portal: Portal):
    found = task(portal, started(portal), side="client")

    path = place(portal, "tasks", found.id, "move")
    answer = page(signed_in(portal.people["cleo"]), path, version="1", state="done")

    assert answer.status_code == 409
    assert "cannot go there" in text(answer)


def test_who_saves_over_somebody_elses_change_sees_both_and_loses_nothing(portal: Portal):
    board, browser, ben = started(portal), signed_in(portal.people["ben"]), portal.actor("ben")
    found = task(portal, board)
    path = place(portal, "tasks", found.id, "edit")
    stage = ids.public(board.stages[0].id)
    actions.change_task(ben, task_id=found.id, version=1, values=TaskValues(title="Send the whole ledger"))

    typed = {"version": "1", "title": "Send the ledger of May", "about": "By post", "stage": stage, "who": "firm"}
    refused = page(browser, path, **typed)
    version = re.search(r'name="version" value="(\d+)"', refused.content.decode())
    assert version is not None
    again = page(browser, path, **typed | {"version": version[1]})

    assert refused.status_code == 409
    assert "Send the whole ledger" in text(refused)
    assert 'value="Send the ledger of May"' in refused.content.decode()
    assert again.status_code == 302
    assert queries.task(ben, found.id).title == "Send the ledger of May"


def test_who_saves_a_rule_over_somebody_elses_change_sees_both_and_loses_nothing(portal: Portal):
    board, browser, ben = started(portal), signed_in(portal.people["ben"]), portal.actor("ben")
    stage = board.stages[0].id
    values = RuleValues(trigger="stage-done", effect="create-task", stage_id=stage, title="Thank them")
    made = actions.add_rule(ben, project_id=board.project.id, values=values)
    actions.change_rule(ben, rule_id=made.id, version=1, values=replace(values, title="Thank them all", days=3))
    typed = {"version": "1", "trigger": "stage-done", "effect": "create-task", "stage": ids.public(stage)}
    typed |= {"title": "Thank Rosa", "who": "firm", "for_firm": "on"}

    refused = page(browser, place(portal, "project-rules", made.id), **typed)
    again = page(browser, place(portal, "project-rules", made.id), **typed | {"version": "2"})

    assert refused.status_code == 409
    assert "Thank them all" in text(refused)
    assert 'value="Thank Rosa"' in refused.content.decode()
    assert 'name="version" value="2"' in refused.content.decode()
    assert again.status_code == 302
    assert queries.rule(ben, made.id).title == "Thank Rosa"


def test_a_project_is_started_from_a_template_and_its_dates_count_from_its_beginning(portal: Portal):
    board, ben, browser = started(portal), portal.actor("ben"), signed_in(portal.people["ben"])
    first = task(portal, board, "Ledger", side="client", due_on=TODAY)
    after = task(portal, board, "Accounts", stage=1, for_firm=True)
    actions.need_task(ben, task_id=after.id, first_id=first.id)
    values = RuleValues(trigger="stage-done", effect="next-stage", stage_id=board.stages[0].id)
    actions.add_rule(ben, project_id=board.project.id, values=values)
    page(browser, place(portal, "projects", board.project.id, "template"), name="Year end")
    (template,) = queries.templates(ben)

    sent = {"name": "Year end 2027", "template": ids.public(template.id), "started_on": "2027-01-10"}
    answer = page(browser, place(portal, "projects", "new"), **sent)

    made = next(row for row in queries.projects(ben) if row.name == "Year end 2027")
    copied = queries.board(ben, made.id)
    by_title = {one.title: one for one in copied.tasks}
    assert answer.status_code == 302
    assert [stage.name for stage in copied.stages] == ["Gather", "Review"]
    assert made.stage_id == copied.stages[0].id
    assert str(by_title["Ledger"].due_on) == "2027-01-10"
    assert by_title["Accounts"].for_firm
    assert by_title["Accounts"].needs == {by_title["Ledger"].id}
    assert [rule.stage_id for rule in queries.rules(ben, made.id)] == [copied.stages[0].id]


def test_stages_are_added_named_put_in_order_and_removed(portal: Portal):
    board, browser, ben = started(portal), signed_in(portal.people["ben"]), portal.actor("ben")
    project_id = board.project.id

    page(browser, place(portal, "projects", project_id, "stages"), name="Sign")
    sign = queries.board(ben, project_id).stages[2]
    page(browser, place(portal, "stages", sign.id, "rename"), name="Sign off", version=sign.version)
    page(browser, place(portal, "stages", sign.id, "place"), place="1")
    names = [stage.name for stage in queries.board(ben, project_id).stages]
    page(browser, place(portal, "stages", board.stages[1].id, "remove"), sure="yes")
    kept = page(browser, place(portal, "stages", board.stages[0].id, "remove"), sure="yes")

    assert names == ["Gather", "Sign off", "Review"]
    assert [stage.name for stage in queries.board(ben, project_id).stages] == ["Gather", "Sign off"]
    assert kept.status_code == 409  # the project stands in it


def test_tasks_are_put_in_order_and_into_another_stage(portal: Portal):
    board, browser, ben = started(portal), signed_in(portal.people["ben"]), portal.actor("ben")
    one, _two, three = (task(portal, board, name) for name in ("One", "Two", "Three"))
    stages = [ids.public(stage.id) for stage in board.stages]

    page(browser, place(portal, "tasks", three.id, "place"), version="1", stage=stages[0], place="0")
    page(browser, place(portal, "tasks", one.id, "place"), version="1", stage=stages[1], place="1000")
    stale = page(browser, place(portal, "tasks", three.id, "place"), version="1", stage=stages[1], place="0")

    found = queries.board(ben, board.project.id)
    assert [one.title for one in found.of_stage(board.stages[0].id)] == ["Three", "Two"]
    assert [one.title for one in found.of_stage(board.stages[1].id)] == ["One"]
    assert stale.status_code == 409


def test_a_rule_that_does_not_say_all_it_needs_is_refused_beside_the_form(portal: Portal):
    board, browser = started(portal), signed_in(portal.people["ben"])
    path = place(portal, "projects", board.project.id, "rules", "new")

    answer = page(browser, path, trigger="stage-done", effect="next-stage", who="firm")
    good = page(
        browser, path, trigger="stage-done", effect="next-stage", who="firm", stage=ids.public(board.stages[0].id)
    )

    assert answer.status_code == 422
    assert "does not say all that it needs" in text(answer)
    assert good.status_code == 302
    assert "All tasks of a stage are done" in text(page(browser, place(portal, "projects", board.project.id, "rules")))


def test_contacts_set_nothing(portal: Portal):
    board, cleo = started(portal), signed_in(portal.people["cleo"])
    found = task(portal, board, side="client")
    project = ("projects", board.project.id)

    paths = [
        ("projects", "new"),
        (*project, "edit"),
        (*project, "rules"),
        (*project, "tasks"),
        ("tasks", found.id, "edit"),
    ]

    assert {page(cleo, place(portal, *parts)).status_code for parts in paths} == {404}


def test_staff_see_the_projects_of_all_their_clients_and_no_other(portal: Portal):
    started(portal)
    system = Actor.system(portal.brandt, purpose="Tests")
    actions.start_project(system, values=ProjectValues("Orchard sale"))

    shown = text(page(signed_in(portal.people["ben"]), "/projects/"))

    assert "Year end 2026" in shown
    assert "Orchard sale" not in shown
    assert page(signed_in(portal.people["cleo"]), "/projects/").status_code == 404


def test_a_task_goes_to_another_stage_with_the_change_that_says_so_or_not_at_all(portal: Portal):
    board, browser, ben = started(portal), signed_in(portal.people["ben"]), portal.actor("ben")
    found = task(portal, board)
    path, review = place(portal, "tasks", found.id, "edit"), ids.public(board.stages[1].id)
    sent = {"title": "Send it all", "stage": review, "who": "firm", "due_on": "2027-02-01", "version": "1"}

    wrong = page(browser, path, **sent | {"start_on": "2027-03-01"})
    unchanged = queries.task(ben, found.id)
    right = page(browser, path, **sent)

    changed = queries.task(ben, found.id)
    assert (wrong.status_code, right.status_code) == (422, 302)
    assert (unchanged.title, unchanged.stage_id) == ("Send the ledger", board.stages[0].id)
    assert (changed.title, changed.stage_id, str(changed.due_on)) == ("Send it all", board.stages[1].id, "2027-02-01")

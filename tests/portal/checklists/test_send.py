"""Asking a client: a checklist is all there or not at all, for one client or for many."""

from dataclasses import replace
from datetime import timedelta

import pytest

from muniment.core.errors import NotFound
from muniment.portal.checklists import actions, queries
from muniment.portal.checklists.errors import ChangedMeanwhile, NothingAsked, PlanRefused, VariableMissing
from muniment.portal.checklists.plans import Plan, PlanItem
from muniment.portal.checklists.types import Sending
from muniment.portal.documents import queries as documents
from tests.portal.checklists.asking import PAYROLL, PLAN, STATEMENTS, TURNOVER, draft, events, send, sending, today


def test_a_checklist_is_sent_with_its_words_filled_in(ben, sent):
    page = sent.page

    assert page.checklist.title == "Year end 2026"
    assert page.intro == "What we need from Okoye Holdings Ltd for 2026."
    assert [item.title for item in page.items][:2] == ["Bank statements 2026", "Turnover"]
    assert page.items[1].due == today() + timedelta(days=7)
    assert page.checklist.next_due == today() + timedelta(days=7)
    assert page.checklist.counts.to_do == 6  # what depends on an answer is not asked yet
    assert events(ben, sent.id)[0] == "checklist.sent"


def test_files_of_one_path_go_into_one_folder_that_is_made_once(ben, sent):
    again = send(ben)

    folders = {sent[STATEMENTS].folder_id, sent[PAYROLL].folder_id, again[STATEMENTS].folder_id}
    (folder_id,) = folders
    place = documents.folder_place(ben, folder_id)
    assert place.here is not None
    assert [row.name for row in (*place.way, place.here)] == ["Accounts", "2026"]


def test_a_draft_is_gone_when_it_was_sent_and_nobody_of_the_client_ever_saw_it(ben, cleo, mallory):
    begun = draft(ben)
    assert [row.id for row in queries.drafts(ben)] == [begun.id]
    assert queries.drafts(cleo) == []
    for stranger in (cleo, mallory):
        with pytest.raises(NotFound):
            queries.draft(stranger, begun.id)
        with pytest.raises(NotFound):
            actions.send_draft(stranger, draft_id=begun.id, version=1, sending=sending())

    actions.send_draft(ben, draft_id=begun.id, version=1, sending=sending())

    assert queries.drafts(ben) == []


def test_nothing_is_sent_half(ben):
    broken = replace(PLAN, items=(*PLAN.items[:2], PlanItem(3, "read", "Terms", document=str(ben.client))))
    begun = draft(ben, broken)

    with pytest.raises(NotFound):  # there is no such document
        actions.send_draft(ben, draft_id=begun.id, version=1, sending=sending())

    assert queries.checklists(ben) == []
    assert [row.id for row in queries.drafts(ben)] == [begun.id]
    assert documents.folders_in(ben) == []


def test_every_word_in_braces_needs_something_to_stand_for_it(ben):
    begun = draft(ben)

    assert begun.plan.words() == ["year"]
    with pytest.raises(VariableMissing):
        actions.send_draft(ben, draft_id=begun.id, version=1, sending=Sending(today()))


def test_an_empty_checklist_is_not_sent(ben):
    begun = draft(ben, Plan("Nothing"))

    with pytest.raises(NothingAsked):
        actions.send_draft(ben, draft_id=begun.id, version=1, sending=sending())


def test_two_who_change_a_draft_overwrite_nothing(ben):
    begun = draft(ben)
    actions.change_draft(ben, draft_id=begun.id, version=1, plan=replace(PLAN, title="First"))

    with pytest.raises(ChangedMeanwhile):
        actions.change_draft(ben, draft_id=begun.id, version=1, plan=replace(PLAN, title="Second"))

    assert queries.draft(ben, begun.id).plan.title == "First"


@pytest.mark.parametrize(
    "item",
    [
        PlanItem(9, "answer", "Choose", shape="choice", choices=("only one",)),
        PlanItem(9, "answer", "No shape"),
        PlanItem(9, "upload", " "),
        PlanItem(9, "dance", "Something"),
        PlanItem(9, "read", "Later", only_key=12, only_answer="yes"),
        PlanItem(9, "read", "Of a number", only_key=2, only_answer="12"),
        PlanItem(9, "upload", "Hidden", label="internal"),
        PlanItem(9, "read", "Too late", due_days=100_000),
    ],
    ids=lambda item: item.title,
)
def test_what_does_not_hold_together_is_refused(ben, item):
    with pytest.raises(PlanRefused):
        draft(ben, replace(PLAN, items=(*PLAN.items, item)))


def test_a_template_is_sent_to_many_and_who_was_not_reached_is_told(portal, ben, ben_at_firm):
    made = actions.make_template(ben_at_firm, plan=PLAN)

    found = actions.send_to_many(
        ben_at_firm, template_id=made.id, client_ids=[portal.brandt, portal.okoye], sending=sending()
    )

    assert [one.client_id for one in found] == [portal.brandt, portal.okoye]
    assert found[0].checklist_id is None
    assert found[0].refusal
    assert found[1].checklist_id is not None
    assert queries.checklist(ben, found[1].checklist_id).title == "Year end 2026"


def test_who_does_not_ask_for_things_makes_no_template(portal, cleo, ben):
    for actor in (ben, portal.actor("cleo", portal.firm_id), portal.actor("mallory", portal.firm_id)):
        with pytest.raises(NotFound):
            actions.make_template(actor, plan=PLAN)


def test_a_changed_template_changes_nothing_that_was_sent(ben, ben_at_firm):
    made = actions.make_template(ben_at_firm, plan=PLAN)
    before = actions.send_template(ben, template_id=made.id, sending=sending())

    actions.change_template(ben_at_firm, template_id=made.id, version=1, plan=replace(PLAN, title="Other"))
    with pytest.raises(ChangedMeanwhile):
        actions.change_template(ben_at_firm, template_id=made.id, version=1, plan=PLAN)
    actions.retire_template(ben_at_firm, template_id=made.id)

    assert queries.checklist(ben, before.id).title == "Year end 2026"
    assert queries.templates(ben_at_firm) == []
    with pytest.raises(NotFound):
        actions.send_template(ben, template_id=made.id, sending=sending())


def test_nobody_of_the_client_or_elsewhere_asks(cleo, dan, mallory, ben_at_firm):
    made = actions.make_template(ben_at_firm, plan=PLAN)

    for actor in (cleo, dan, mallory):
        with pytest.raises(NotFound):
            actions.send_template(actor, template_id=made.id, sending=sending())


def test_who_is_to_do_something_belongs_here_on_that_side(portal, ben):
    for person, side, is_fine in (("cleo", "client", True), ("mallory", "client", False), ("ben", "client", False)):
        asked = PlanItem(1, "answer", TURNOVER, shape="number", side=side, assignee=str(portal.people[person]))
        begun = draft(ben, Plan("One", items=(asked,)))
        if is_fine:
            made = actions.send_draft(ben, draft_id=begun.id, version=1, sending=sending())
            assert queries.checklist_page(ben, made.id).items[0].assignee_id == portal.people[person]
        else:
            with pytest.raises(NotFound):
                actions.send_draft(ben, draft_id=begun.id, version=1, sending=sending())

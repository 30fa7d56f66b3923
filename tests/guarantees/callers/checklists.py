"""Checklists, templates and drafts: how each of their actions is called."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from muniment.core import clock
from muniment.portal.checklists import queries
from muniment.trust.audit.types import Event
from tests.guarantees.callers.case import Call, Case
from tests.guarantees.laying.checklists import PLAN, sending

CHECKLISTS = "muniment.portal.checklists.actions."


def _template(case: Case, event: Event, **more: Any) -> Call:
    template_id = case.id("template_id")
    actor = case.who("ben", case.portal.firm_id)
    return Call(actor, event, {"template_id": template_id, **more}, object_id=template_id)


def _draft(case: Case, event: Event, **more: Any) -> Call:
    return Call(case.who("ben"), event, {"draft_id": case.id("draft_id"), **more})


def _checklist(case: Case, event: Event) -> Call:
    checklist_id = case.id("checklist_id")
    return Call(case.who("ben"), event, {"checklist_id": checklist_id}, object_id=checklist_id)


def _item(case: Case, who: str, event: Event, name: str = "item_id", **more: Any) -> Call:
    item_id = case.id(name)
    return Call(case.who(who), event, {"item_id": item_id, **more}, object_id=item_id)


def _versioned(case: Case, who: str, event: Event, name: str = "item_id", **more: Any) -> Call:
    version = queries.item(case.who("ben"), case.id(name)).version
    return _item(case, who, event, name, version=version, **more)


def _begin_file(case: Case) -> Call:
    values = {"item_id": case.id("item_id"), "name": "scan.pdf", "size_bytes": 10}
    return Call(case.cleo, Event.ITEM_FILE_BEGUN, values, object_id=case.id("item_id"))


def _link(case: Case) -> Call:
    until = clock.now() + timedelta(days=3)
    return _item(case, "ben", Event.ITEM_LINK_SENT, email="bank@lender.example", purpose="Statements", until=until)


def _remind(case: Case) -> Call:
    due = queries.item(case.who("ben"), case.id("open_item_id")).due
    assert due is not None
    values = {"checklist_id": case.id("checklist_id"), "today": due + timedelta(days=1)}
    return Call(case.system, Event.CHECKLIST_REMINDED, values, object_id=case.id("checklist_id"))


CALLS: dict[str, Callable[[Case], Call]] = {
    f"{CHECKLISTS}templates.make_template": lambda c: Call(
        c.who("ben", c.portal.firm_id), Event.CHECKLIST_TEMPLATE_MADE, {"plan": PLAN}
    ),
    f"{CHECKLISTS}templates.change_template": lambda c: _template(
        c, Event.CHECKLIST_TEMPLATE_CHANGED, version=1, plan=replace(PLAN, title="Other")
    ),
    f"{CHECKLISTS}templates.retire_template": lambda c: _template(c, Event.CHECKLIST_TEMPLATE_RETIRED),
    f"{CHECKLISTS}drafts.begin_draft": lambda c: Call(c.who("ben"), Event.CHECKLIST_DRAFTED, {"plan": PLAN}),
    f"{CHECKLISTS}drafts.change_draft": lambda c: _draft(
        c, Event.CHECKLIST_DRAFT_CHANGED, version=1, plan=replace(PLAN, title="Other")
    ),
    f"{CHECKLISTS}drafts.discard_draft": lambda c: _draft(c, Event.CHECKLIST_DISCARDED),
    f"{CHECKLISTS}sending.send_template": lambda c: Call(
        c.who("ben"), Event.CHECKLIST_SENT, {"template_id": c.id("template_id"), "sending": sending()}
    ),
    f"{CHECKLISTS}sending.send_draft": lambda c: _draft(c, Event.CHECKLIST_SENT, version=1, sending=sending()),
    f"{CHECKLISTS}answering.keep_draft": lambda c: _versioned(c, "cleo", Event.ITEM_KEPT, "open_item_id", answer="12"),
    f"{CHECKLISTS}answering.answer_item": lambda c: _versioned(
        c, "cleo", Event.ITEM_ANSWERED, "open_item_id", answer="12"
    ),
    f"{CHECKLISTS}answering.skip_item": lambda c: _versioned(
        c, "cleo", Event.ITEM_NOT_APPLICABLE, "open_item_id", reason="None"
    ),
    f"{CHECKLISTS}deciding.accept_item": lambda c: _versioned(c, "ben", Event.ITEM_ACCEPTED),
    f"{CHECKLISTS}deciding.send_item_back": lambda c: _versioned(c, "ben", Event.ITEM_SENT_BACK, note="All of them"),
    f"{CHECKLISTS}deciding.assign_item": lambda c: _versioned(
        c, "ben", Event.ITEM_ASSIGNED, assignee_id=c.portal.people["cleo"], due=None
    ),
    f"{CHECKLISTS}deciding.close_checklist": lambda c: _checklist(c, Event.CHECKLIST_CLOSED),
    f"{CHECKLISTS}files.begin_file": _begin_file,
    f"{CHECKLISTS}files.remove_file": lambda c: _item(c, "cleo", Event.ITEM_FILE_REMOVED, file_id=c.id("file_id")),
    f"{CHECKLISTS}links.send_item_link": _link,
    f"{CHECKLISTS}reminding.remind_checklist": lambda c: _checklist(c, Event.CHECKLIST_REMINDED),
    f"{CHECKLISTS}reminding._remind": _remind,
}

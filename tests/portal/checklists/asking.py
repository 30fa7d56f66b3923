"""A checklist of every kind of item, sent, and what tests do with it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.portal.checklists import actions, queries
from muniment.portal.checklists.plans import Plan, PlanItem
from muniment.portal.checklists.types import ChecklistFacts, ItemFacts, Sending
from muniment.portal.documents import actions as documents
from muniment.trust.audit import queries as log
from muniment.trust.audit.queries import LogFilter
from tests.portal.documents.uploading import CONTRACT
from tests.portal.documents.uploading import send as send_bytes

STATEMENTS, TURNOVER, STAFF, PAYROLL, ACCOUNTS, TERMS, OURS = (
    "Bank statements {year}",
    "Turnover",
    "Anybody employed?",
    "Payroll journal",
    "The draft accounts",
    "How we keep your papers",
    "Draw up the accounts",
)
PLAN = Plan(
    "Year end {year}",
    "What we need from {client} for {year}.",
    (
        PlanItem(1, "upload", STATEMENTS, "Papers", folder="Accounts/{year}", label="confidential", due_days=14),
        PlanItem(2, "answer", TURNOVER, "Questions", shape="number", due_days=7),
        PlanItem(3, "answer", STAFF, "Questions", shape="yes-no"),
        PlanItem(4, "upload", PAYROLL, "Questions", folder="accounts/{year}", only_key=3, only_answer="yes"),
        PlanItem(5, "approve", ACCOUNTS, "At the end", text="They show a profit."),
        PlanItem(6, "read", TERMS, "At the end", text="For ten years."),
        PlanItem(7, "answer", OURS, "At the end", shape="date", side="firm"),
    ),
)


def today() -> Any:
    return timezone.localdate(clock.now())


def sending(**values: str) -> Sending:
    return Sending(today(), {"year": "2026", **values})


@dataclass
class Sent:
    """A checklist, and its items as they are now, by the beginning of their titles."""

    actor: Actor
    id: UUID

    def __getitem__(self, title: str) -> ItemFacts:
        wanted = title.replace("{year}", "2026")
        return next(item for item in self.page.items if item.title == wanted)

    @property
    def page(self) -> Any:
        return queries.checklist_page(self.actor, self.id)

    @property
    def facts(self) -> ChecklistFacts:
        found: ChecklistFacts = self.page.checklist
        return found


def draft(actor: Actor, plan: Plan = PLAN) -> Any:
    return actions.begin_draft(actor, plan=plan)


def send(actor: Actor, plan: Plan = PLAN) -> Sent:
    begun = draft(actor, plan)
    found = actions.send_draft(actor, draft_id=begun.id, version=begun.version, sending=sending())
    return Sent(actor, found.id)


def answer(actor: Actor, item: ItemFacts, text: str, **more: Any) -> ItemFacts:
    return actions.answer_item(actor, item_id=item.id, version=item.version, answer=text, **more)


def put_file(actor: Actor, item: ItemFacts, name: str = "scan.PDF", content: bytes = CONTRACT) -> Any:
    """Send a file for an item in one piece."""
    upload = actions.begin_file(actor, item_id=item.id, name=name, size_bytes=len(content))
    send_bytes(actor, upload.id, content)
    return documents.finish_upload(actor, upload_id=upload.id)


def late(actor: Actor, sent: Sent, days: int = 20) -> None:
    """Let what is asked for have been wanted some days before."""
    for item in sent.page.items:
        if item.due:
            due = item.due - timedelta(days=days)
            actions.assign_item(actor, item_id=item.id, version=item.version, assignee_id=item.assignee_id, due=due)


def events(actor: Actor, object_id: UUID | None = None) -> list[str]:
    """Return the acts in the log, newest first."""
    found = log.entries(Actor.system(actor.client), LogFilter(object_id=object_id), limit=200)
    return [entry.event for entry in found]

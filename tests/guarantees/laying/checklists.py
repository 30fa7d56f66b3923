"""What Ben asks Okoye for: a template, a checklist that is not sent yet, and one that is, with a file that came in."""

from typing import Any

from muniment.core.actor import Actor
from muniment.portal.checklists import actions, queries
from muniment.portal.checklists.plans import Plan, PlanItem
from muniment.portal.checklists.types import Sending
from muniment.portal.documents import actions as documents
from tests.cast import Portal

CONTENT = b"%PDF-1.7\n1 0 obj << >> endobj\ntrailer << >>\n%%EOF\n"
PLAN = Plan(
    "Year end {year}",
    "What we need.",
    (
        PlanItem(1, "upload", "Bank statements", "Papers", folder="Contracts", label="confidential", due_days=14),
        PlanItem(2, "answer", "Turnover", "Questions", shape="number", due_days=7),
        PlanItem(3, "upload", "Payroll journal", "Questions", folder="Contracts"),
    ),
)


def lay(portal: Portal, values: dict[str, Any]) -> dict[str, object]:
    """Ask for a file, an answer and another file; Cleo sends the first."""
    ben, cleo = portal.actor("ben"), portal.actor("cleo")
    template = actions.make_template(portal.actor("ben", portal.firm_id), plan=PLAN)
    draft = actions.begin_draft(ben, plan=PLAN, template_id=template.id)
    sent = actions.send_template(ben, template_id=template.id, sending=sending())
    statements, turnover, journal = queries.checklist_page(ben, sent.id).items
    upload = actions.begin_file(cleo, item_id=statements.id, name="scan.pdf", size_bytes=len(CONTENT))
    with documents.receive_chunk(cleo, upload_id=upload.id, offset=0, size_bytes=len(CONTENT)) as receiver:
        receiver.feed(CONTENT)
    version = documents.finish_upload(cleo, upload_id=upload.id)
    documents.vet_version(Actor.system(portal.okoye), version_id=version.id)
    (file,) = queries.item_page(cleo, statements.id).files
    return {
        "template_id": template.id,
        "draft_id": draft.id,
        "checklist_id": sent.id,
        "item_id": statements.id,
        "open_item_id": turnover.id,
        "open_upload_item_id": journal.id,
        "file_id": file.id,
    }


def sending() -> Sending:
    """Say what stands for the year, and that due dates count from today."""
    from django.utils import timezone

    from muniment.core import clock

    return Sending(timezone.localdate(clock.now()), {"year": "2026"})

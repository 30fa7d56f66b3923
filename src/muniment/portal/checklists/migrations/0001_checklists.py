"""Checklists with their items, templates, drafts, and what came in."""

from typing import Any, ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

import muniment.core.clock
import muniment.core.ids
import muniment.trust.clients.types
import muniment.trust.vault.fields
from muniment.core.db import rls

STATES = ("open", "answered", "not-applicable", "accepted", "sent-back")
KINDS = ("upload", "answer", "approve", "read")


def _row() -> list[tuple[str, Any]]:
    client = models.ForeignKey(
        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clients.client"
    )
    identifier = models.UUIDField(default=muniment.core.ids.new, editable=False, primary_key=True, serialize=False)
    return [("id", identifier), ("client", client)]


def _to(model: str, **options: Any) -> Any:
    return muniment.trust.clients.types.ClientReference(
        db_constraint=False,
        db_index=False,
        on_delete=django.db.models.deletion.PROTECT,
        to=model,
        **{"related_name": "+", **options},
    )


def _text() -> Any:
    return muniment.trust.vault.fields.SealedText(editable=True)


def _json() -> Any:
    return muniment.trust.vault.fields.SealedJSON(editable=True)


def _now() -> Any:
    return models.DateTimeField(default=muniment.core.clock.now)


def _changed() -> list[tuple[str, Any]]:
    return [
        ("version", models.PositiveIntegerField(default=1)),
        ("created_at", _now()),
        ("created_by", models.UUIDField(null=True)),
        ("changed_at", _now()),
        ("changed_by", models.UUIDField(null=True)),
    ]


class Migration(migrations.Migration):
    """Checklists with their items, templates, drafts, and what came in."""

    initial = True

    dependencies: ClassVar = [
        ("access", "0009_guest_links"),
        ("clients", "0003_firms_own"),
        ("documents", "0002_labels"),
        ("vault", "0001_keys"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Template",
            fields=[*_row(), ("plan", _json()), *_changed(), ("retired_at", models.DateTimeField(null=True))],
            options={"db_table": "checklist_template"},
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[*_row(), ("plan", _json()), ("template_id", models.UUIDField(null=True)), *_changed()],
            options={"db_table": "checklist_draft"},
        ),
        migrations.CreateModel(
            name="Checklist",
            fields=[
                *_row(),
                ("title", _text()),
                ("intro", _text()),
                ("template_id", models.UUIDField(null=True)),
                ("created_at", _now()),
                ("sent_by", models.UUIDField(null=True)),
                ("to_do", models.PositiveIntegerField(default=0)),
                ("sent_back", models.PositiveIntegerField(default=0)),
                ("to_review", models.PositiveIntegerField(default=0)),
                ("accepted", models.PositiveIntegerField(default=0)),
                ("next_due", models.DateField(null=True)),
                ("reviewing_since", models.DateTimeField(null=True)),
                ("reminded_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("closed_by", models.UUIDField(null=True)),
            ],
            options={
                "db_table": "checklist",
                "indexes": [
                    models.Index(fields=["client", "next_due"], condition=Q(closed_at=None), name="checklist_due"),
                    models.Index(
                        fields=["client", "reviewing_since"],
                        condition=Q(closed_at=None, to_review__gt=0),
                        name="checklist_to_review",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Item",
            fields=[
                *_row(),
                ("checklist", _to("checklists.checklist", related_name="items")),
                ("number", models.PositiveSmallIntegerField()),
                ("section", _text()),
                ("kind", models.TextField()),
                ("shape", models.TextField(default="")),
                ("title", _text()),
                ("text", _text()),
                ("choices", _json()),
                ("side", models.TextField(default="client")),
                ("assignee_id", models.UUIDField(null=True)),
                ("due", models.DateField(null=True)),
                ("folder", _to("documents.folder", null=True)),
                ("label", models.TextField(default="")),
                ("file_name", _text()),
                ("document", _to("documents.document", null=True)),
                ("only_item", _to("checklists.item", null=True)),
                ("only_answer", _text()),
                ("is_asked", models.BooleanField(default=True)),
                ("state", models.TextField(default="open")),
                ("answer", _text()),
                ("remark", _text()),
                ("reason", _text()),
                ("note", _text()),
                ("draft", _text()),
                ("draft_remark", _text()),
                ("drafted_at", models.DateTimeField(null=True)),
                ("drafted_by", models.UUIDField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("answered_by", models.UUIDField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.UUIDField(null=True)),
                ("reminded", models.TextField(default="")),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", _now()),
            ],
            options={
                "db_table": "item",
                "constraints": [
                    models.CheckConstraint(condition=Q(state__in=list(STATES)), name="item_state"),
                    models.CheckConstraint(condition=Q(kind__in=list(KINDS)), name="item_kind"),
                    models.CheckConstraint(condition=Q(side__in=["client", "firm"]), name="item_side"),
                    models.UniqueConstraint(fields=["client", "checklist", "number"], name="one_item_a_place"),
                ],
                "indexes": [
                    models.Index(
                        fields=["client", "due"],
                        condition=Q(state__in=["open", "sent-back"], is_asked=True),
                        name="item_to_do",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ItemFile",
            fields=[
                *_row(),
                ("item", _to("checklists.item", related_name="files")),
                ("upload", _to("documents.upload", null=True)),
                ("document", _to("documents.document", null=True)),
                ("person_id", models.UUIDField()),
                ("created_at", _now()),
            ],
            options={
                "db_table": "item_file",
                "indexes": [
                    models.Index(fields=["client", "item"], name="item_file_of"),
                    models.Index(fields=["client", "upload"], name="item_file_upload"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ItemLink",
            fields=[
                *_row(),
                ("item", _to("checklists.item")),
                ("link", _to("access.guestlink")),
                ("created_at", _now()),
            ],
            options={
                "db_table": "item_link",
                "indexes": [models.Index(fields=["client", "link"], name="item_link_of")],
            },
        ),
        rls.protect("checklist_template", rights="select, insert, update"),
        rls.protect("checklist_draft"),
        rls.firms_own("checklist_draft"),
        rls.protect("checklist", rights="select, insert, update"),
        rls.protect(
            "item",
            references={
                "checklist_id": "checklist",
                "folder_id": "folder",
                "document_id": "document",
                "only_item_id": "item",
            },
            rights="select, insert, update",
        ),
        rls.protect("item_file", references={"item_id": "item", "upload_id": "upload", "document_id": "document"}),
        rls.protect("item_link", references={"item_id": "item", "link_id": "guest_link"}, rights="select, insert"),
    ]

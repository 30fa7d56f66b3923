"""Tickets, and the kinds there are when the portal is new."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

import muniment.core.clock
import muniment.core.ids
import muniment.trust.clients.types
import muniment.trust.vault.fields
from muniment.core.db import rls

STATES = ("new", "reopened", "working", "waiting", "done", "declined")
OPEN = ("new", "reopened", "working", "waiting")
KINDS = ("question", "change", "document", "problem", "idea")
_FIRM = "(select app.cid()) = (select app.firm_id())"
# Every client's request reads the kinds; only a transaction bound to the firm sets them.
_KINDS_ARE_THE_FIRMS = [
    "alter table ticket_kind enable row level security",
    "create policy read_by_all on ticket_kind for select using (true)",
    f"create policy made_by_the_firm on ticket_kind for insert to {rls.READERS} with check ({_FIRM})",
    f"create policy set_by_the_firm on ticket_kind for update to {rls.READERS} using ({_FIRM}) with check ({_FIRM})",
    "grant select on ticket_kind to muniment_desk",
]


def lay_kinds(apps, schema_editor):
    """Put the built-in kinds there, in their order; their words are translated."""
    kinds = apps.get_model("tickets", "TicketKind")
    for place, name in enumerate(KINDS, start=1):
        kinds.objects.get_or_create(name=name, defaults={"place": place})


def _identifier():
    return ("id", models.UUIDField(default=muniment.core.ids.new, editable=False, primary_key=True, serialize=False))


def _client():
    return (
        "client",
        models.ForeignKey(
            db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clients.client"
        ),
    )


def _reference(name, to):
    return (
        name,
        muniment.trust.clients.types.ClientReference(
            db_constraint=False,
            db_index=False,
            on_delete=django.db.models.deletion.PROTECT,
            related_name="+",
            to=to,
        ),
    )


def _sealed(**options):
    return muniment.trust.vault.fields.SealedText(editable=True, **options)


def _now():
    return models.DateTimeField(default=muniment.core.clock.now)


class Migration(migrations.Migration):
    """Kinds, tickets, their moves, what lies beside them, and the firm's notes."""

    initial = True
    dependencies: ClassVar = [
        ("access", "0001_grants"),
        ("clients", "0003_firms_own"),
        ("documents", "0001_documents"),
    ]
    operations: ClassVar = [
        migrations.CreateModel(
            name="TicketKind",
            fields=[
                _identifier(),
                ("name", models.TextField(unique=True)),
                ("title", models.TextField(default="")),
                ("hint", models.TextField(default="")),
                ("place", models.PositiveSmallIntegerField(default=0)),
                ("version", models.PositiveIntegerField(default=1)),
                ("set_by", models.UUIDField(null=True)),
                ("set_at", _now()),
                ("retired_at", models.DateTimeField(null=True)),
            ],
            options={"db_table": "ticket_kind"},
        ),
        migrations.CreateModel(
            name="Ticket",
            fields=[
                _identifier(),
                ("number", models.PositiveIntegerField()),
                ("title", _sealed()),
                ("text", _sealed(default="")),
                ("state", models.TextField(default="new")),
                ("version", models.PositiveIntegerField(default=1)),
                ("asked_by", models.UUIDField(null=True)),
                ("asked_at", _now()),
                ("moved_at", _now()),
                ("assignee_id", models.UUIDField(null=True)),
                ("due_on", models.DateField(null=True)),
                ("satisfied", models.BooleanField(null=True)),
                ("satisfied_word", _sealed(default="")),
                ("became", models.TextField(default="")),
                ("became_id", models.UUIDField(null=True)),
                _client(),
                (
                    "kind",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tickets.ticketkind",
                    ),
                ),
            ],
            options={
                "db_table": "ticket",
                "constraints": [
                    models.CheckConstraint(condition=Q(state__in=STATES), name="ticket_state"),
                    models.CheckConstraint(
                        condition=Q(satisfied=None) | Q(state="done"), name="ticket_satisfied_when_done"
                    ),
                    models.CheckConstraint(
                        condition=Q(became="", became_id=None)
                        | (Q(became__in=["checklist", "task"]) & Q(became_id__isnull=False)),
                        name="ticket_became_whole",
                    ),
                    models.UniqueConstraint(fields=["client", "number"], name="one_ticket_a_number"),
                ],
                "indexes": [
                    models.Index(fields=["client", "-moved_at", "-id"], name="ticket_newest"),
                    models.Index(
                        fields=["client", "-moved_at", "-id"], condition=Q(state__in=OPEN), name="ticket_open"
                    ),
                    models.Index(
                        fields=["client", "assignee_id", "due_on"],
                        condition=Q(state__in=OPEN),
                        name="ticket_assignee",
                    ),
                    models.Index(
                        fields=["client", "due_on", "moved_at"],
                        include=["id", "state", "assignee_id"],
                        condition=Q(state__in=OPEN),
                        name="ticket_due",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TicketMove",
            fields=[
                _identifier(),
                ("before", models.TextField()),
                ("after", models.TextField()),
                ("word", _sealed(default="")),
                ("moved_by", models.UUIDField(null=True)),
                ("moved_at", _now()),
                _client(),
                _reference("ticket", "tickets.ticket"),
            ],
            options={
                "db_table": "ticket_move",
                "indexes": [models.Index(fields=["client", "ticket"], name="ticket_move_ticket")],
            },
        ),
        migrations.CreateModel(
            name="TicketAttachment",
            fields=[
                _identifier(),
                ("added_by", models.UUIDField(null=True)),
                ("added_at", _now()),
                _client(),
                _reference("ticket", "tickets.ticket"),
                _reference("document", "documents.document"),
            ],
            options={
                "db_table": "ticket_attachment",
                "constraints": [
                    models.UniqueConstraint(fields=["client", "ticket", "document"], name="document_once_at_a_ticket")
                ],
            },
        ),
        migrations.CreateModel(
            name="TicketNote",
            fields=[
                _identifier(),
                ("text", _sealed()),
                ("written_by", models.UUIDField(null=True)),
                ("written_at", _now()),
                _client(),
                _reference("ticket", "tickets.ticket"),
            ],
            options={
                "db_table": "ticket_note",
                "indexes": [models.Index(fields=["client", "ticket"], name="ticket_note_ticket")],
            },
        ),
        rls.protect("ticket", rights="select, insert, update"),
        rls.protect("ticket_move", references={"ticket_id": "ticket"}, rights="select, insert, update"),
        rls.protect(
            "ticket_attachment",
            references={"ticket_id": "ticket", "document_id": "document"},
            rights="select, insert",
        ),
        rls.protect("ticket_note", references={"ticket_id": "ticket"}, rights="select, insert, update"),
        rls.firms_own("ticket_note"),
        migrations.RunPython(lay_kinds, migrations.RunPython.noop),
        migrations.RunSQL(sql=_KINDS_ARE_THE_FIRMS, reverse_sql=migrations.RunSQL.noop),
    ]

"""Requests for access, the firm's list of them, and reviews of access."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import muniment.core.clock
import muniment.core.ids
import muniment.trust.clients.types
import muniment.trust.vault.fields
from muniment.core.db import rls

_COUNTS = [
    # Counts and a time alone leave this function: no id of a client, and nobody's name.
    "create policy definer_reads on access_review for select to muniment_definer using (true)",
    "grant select (client_id, id, due_at, closed_at) on access_review to muniment_definer",
    "create function app.review_counts(moment timestamptz, out open bigint, out late bigint, out since timestamptz) "
    "language sql stable security definer set search_path = app, pg_temp "
    "begin atomic select count(*), count(*) filter (where due_at <= moment), min(due_at) filter (where due_at <= moment) "
    "from app.access_review where closed_at is null; end",
    "alter function app.review_counts(timestamptz) owner to muniment_definer",
    "set local role muniment_definer",  # rights to a function are its owner's to give
    "revoke all on function app.review_counts(timestamptz) from public",
    "grant execute on function app.review_counts(timestamptz) to muniment_app, muniment_job",
    "reset role",
]


class Migration(migrations.Migration):
    """The tables of oversight."""

    initial = True
    dependencies: ClassVar = [("clients", "0001_walls"), ("vault", "0001_keys")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="AccessReview",
            fields=[
                (
                    "id",
                    models.UUIDField(default=muniment.core.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("started_by", models.UUIDField(null=True)),
                ("started_at", models.DateTimeField(default=muniment.core.clock.now)),
                ("due_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                ("reminded_at", models.DateTimeField(null=True)),
                ("start_entry", models.UUIDField(null=True)),
                (
                    "client",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clients.client",
                    ),
                ),
            ],
            options={
                "db_table": "access_review",
            },
        ),
        migrations.CreateModel(
            name="DocketLine",
            fields=[
                (
                    "id",
                    models.UUIDField(default=muniment.core.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("asked_by", models.UUIDField()),
                ("asked_at", models.DateTimeField(default=muniment.core.clock.now)),
                ("named", muniment.trust.vault.fields.SealedText(editable=True)),
                ("of_client", models.UUIDField(null=True)),
                ("request_id", models.UUIDField(null=True)),
                (
                    "client",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clients.client",
                    ),
                ),
            ],
            options={
                "db_table": "docket_line",
            },
        ),
        migrations.CreateModel(
            name="ReviewItem",
            fields=[
                (
                    "id",
                    models.UUIDField(default=muniment.core.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("grant_id", models.UUIDField()),
                ("person_id", models.UUIDField(null=True)),
                ("group_id", models.UUIDField(null=True)),
                ("is_staff", models.BooleanField()),
                ("role", models.TextField()),
                ("scope_kind", models.TextField()),
                ("scope_id", models.UUIDField(null=True)),
                ("given_by", models.UUIDField(null=True)),
                ("owner_id", models.UUIDField(null=True)),
                ("used_at", models.DateTimeField(null=True)),
                ("proposed", models.TextField(default="")),
                ("state", models.TextField(default="open")),
                ("reason", muniment.trust.vault.fields.SealedText(default="", editable=True)),
                ("decided_by", models.UUIDField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("entry_id", models.UUIDField(null=True)),
                (
                    "client",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clients.client",
                    ),
                ),
                (
                    "review",
                    muniment.trust.clients.types.ClientReference(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="oversight.accessreview",
                    ),
                ),
            ],
            options={
                "db_table": "review_item",
            },
        ),
        migrations.CreateModel(
            name="AccessRequest",
            fields=[
                (
                    "id",
                    models.UUIDField(default=muniment.core.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("asked_by", models.UUIDField()),
                ("asked_at", models.DateTimeField(default=muniment.core.clock.now)),
                ("is_staff", models.BooleanField()),
                ("role", models.TextField()),
                ("scope_kind", models.TextField(default="client")),
                ("scope_id", models.UUIDField(null=True)),
                ("reason", muniment.trust.vault.fields.SealedText(editable=True)),
                ("hours", models.PositiveIntegerField()),
                ("is_emergency", models.BooleanField(default=False)),
                ("state", models.TextField(default="asked")),
                ("decided_by", models.UUIDField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decision", muniment.trust.vault.fields.SealedText(default="", editable=True)),
                ("grant_id", models.UUIDField(null=True)),
                ("joined", models.BooleanField(default=False)),
                ("ends_at", models.DateTimeField(null=True)),
                ("ended_by", models.UUIDField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "client",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clients.client",
                    ),
                ),
            ],
            options={
                "db_table": "access_request",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("asked", "given", "declined", "taken-back", "lapsed", "ended"))
                        ),
                        name="access_request_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by", None),
                            models.Q(("decided_by", models.F("asked_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="access_request_by_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["given", "ended"]), _negated=True),
                            models.Q(("decided_by__isnull", False), ("ends_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="access_request_is_decided_and_ends",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("scope_id", None), ("scope_kind", "client")),
                            models.Q(models.Q(("scope_kind", "client"), _negated=True), ("scope_id__isnull", False)),
                            _connector="OR",
                        ),
                        name="access_request_scope_is_whole",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "asked")),
                        fields=("client", "asked_by", "scope_id"),
                        name="one_open_access_request",
                        nulls_distinct=False,
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="accessreview",
            constraint=models.UniqueConstraint(
                condition=models.Q(("closed_at", None)), fields=("client",), name="one_open_access_review"
            ),
        ),
        migrations.AddIndex(
            model_name="docketline",
            index=models.Index(fields=["client", "asked_at"], name="docket_line_asked"),
        ),
        migrations.AddIndex(
            model_name="reviewitem",
            index=models.Index(fields=["client", "owner_id", "state"], name="review_item_owner"),
        ),
        migrations.AddConstraint(
            model_name="reviewitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ("open", "kept", "removed", "over"))), name="review_item_state"
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by", None),
                    ("person_id", None),
                    models.Q(("decided_by", models.F("person_id")), _negated=True),
                    _connector="OR",
                ),
                name="review_item_not_of_oneself",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewitem",
            constraint=models.UniqueConstraint(fields=("client", "review", "grant_id"), name="grant_once_a_review"),
        ),
        rls.protect("access_request", rights="select, insert, update"),
        rls.protect("docket_line", rights="select, insert"),
        rls.protect("access_review", rights="select, insert, update"),
        rls.protect("review_item", references={"review_id": "access_review"}, rights="select, insert, update"),
        migrations.RunSQL(sql=_COUNTS, reverse_sql=migrations.RunSQL.noop),
    ]

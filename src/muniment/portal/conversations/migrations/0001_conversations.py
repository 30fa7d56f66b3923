"""Threads, messages, the firm's notes beside them, read marks and templates."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import muniment.core.clock
import muniment.core.ids
import muniment.trust.clients.types
import muniment.trust.vault.fields
from muniment.core.db import rls


def _id():
    return ("id", models.UUIDField(default=muniment.core.ids.new, editable=False, primary_key=True, serialize=False))


def _client():
    return (
        "client",
        models.ForeignKey(
            db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clients.client"
        ),
    )


def _of(name, to):
    return (
        name,
        muniment.trust.clients.types.ClientReference(
            db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=to
        ),
    )


def _sealed(name):
    return (name, muniment.trust.vault.fields.SealedText(editable=True))


def _now(name):
    return (name, models.DateTimeField(default=muniment.core.clock.now))


def _moment(name):
    return (name, models.DateTimeField(null=True))


def _person(name):
    return (name, models.UUIDField(null=True))


def _count(name, **options):
    return (name, models.PositiveIntegerField(**options))


def _one(name, *fields):
    return models.UniqueConstraint(fields=("client", *fields), name=name)


class Migration(migrations.Migration):
    """The tables of conversations."""

    initial = True
    dependencies: ClassVar = [
        ("clients", "0003_firms_own"),
        ("vault", "0001_keys"),
        ("documents", "0001_documents"),
    ]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Thread",
            fields=[
                _id(),
                ("about", models.TextField(default="")),
                _person("about_id"),
                _sealed("title"),
                _count("changes", default=0),
                _count("last_number", default=0),
                _now("last_at"),
                _person("last_by"),
                _moment("waits_since"),
                _person("assigned_to"),
                _moment("solved_at"),
                _person("solved_by"),
                _now("created_at"),
                _person("created_by"),
                _client(),
            ],
            options={
                "db_table": "thread",
                "constraints": (
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("about", ""), ("about_id", None)),
                            models.Q(models.Q(("about", ""), _negated=True), ("about_id__isnull", False)),
                            _connector="OR",
                        ),
                        name="thread_about",
                    ),
                ),
                "indexes": [
                    models.Index(fields=["client", "-last_at", "-id"], name="thread_newest"),
                    models.Index(
                        condition=models.Q(("about", ""), _negated=True),
                        fields=["client", "about", "about_id"],
                        name="thread_of_thing",
                    ),
                    models.Index(
                        condition=models.Q(("solved_at", None), ("waits_since__isnull", False)),
                        fields=["client", "waits_since"],
                        name="thread_waiting",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                _id(),
                _count("number"),
                _sealed("body"),
                ("is_firms", models.BooleanField()),
                _now("written_at"),
                _person("written_by"),
                _count("version", default=1),
                _count("changed"),
                _moment("edited_at"),
                _moment("removed_at"),
                _person("removed_by"),
                _client(),
                _of("thread", "conversations.thread"),
            ],
            options={
                "db_table": "message",
                "constraints": (_one("one_message_a_number", "thread", "number"),),
                "indexes": [models.Index(fields=["client", "thread", "changed"], name="message_by_change")],
            },
        ),
        migrations.CreateModel(
            name="MessageRevision",
            fields=[
                _id(),
                _count("version"),
                _sealed("body"),
                _now("replaced_at"),
                _person("replaced_by"),
                _client(),
                _of("message", "conversations.message"),
            ],
            options={
                "db_table": "message_revision",
                "constraints": (_one("one_revision_a_version", "message", "version"),),
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[_id(), _client(), _of("message", "conversations.message"), _of("document", "documents.document")],
            options={
                "db_table": "message_attachment",
                "constraints": (_one("one_attachment_a_document", "message", "document"),),
            },
        ),
        migrations.CreateModel(
            name="Mention",
            fields=[_id(), ("person_id", models.UUIDField()), _client(), _of("message", "conversations.message")],
            options={
                "db_table": "message_mention",
                "constraints": (_one("one_mention_a_person", "message", "person_id"),),
            },
        ),
        migrations.CreateModel(
            name="ThreadNote",
            fields=[
                _id(),
                _count("number"),
                _sealed("body"),
                _now("written_at"),
                _person("written_by"),
                _count("changed"),
                _moment("removed_at"),
                _person("removed_by"),
                _client(),
                _of("thread", "conversations.thread"),
            ],
            options={
                "db_table": "thread_note",
                "constraints": (_one("one_note_a_number", "thread", "number"),),
                "indexes": [models.Index(fields=["client", "thread", "changed"], name="note_by_change")],
            },
        ),
        migrations.CreateModel(
            name="ReadMark",
            fields=[
                _id(),
                ("person_id", models.UUIDField()),
                _count("number", default=0),
                _now("read_at"),
                _client(),
                _of("thread", "conversations.thread"),
            ],
            options={
                "db_table": "read_mark",
                "constraints": (_one("one_mark_a_person", "thread", "person_id"),),
            },
        ),
        migrations.CreateModel(
            name="MessageTemplate",
            fields=[
                _id(),
                _sealed("title"),
                _sealed("body"),
                _count("version", default=1),
                _now("changed_at"),
                _person("changed_by"),
                _moment("removed_at"),
                _client(),
            ],
            options={"db_table": "message_template"},
        ),
        rls.protect("thread", rights="select, insert, update"),
        rls.protect("message", references={"thread_id": "thread"}, rights="select, insert, update"),
        rls.protect("message_revision", references={"message_id": "message"}, rights="select, insert"),
        rls.protect(
            "message_attachment",
            references={"message_id": "message", "document_id": "document"},
            rights="select, insert",
        ),
        rls.protect("message_mention", references={"message_id": "message"}, rights="select, insert"),
        rls.protect("thread_note", references={"thread_id": "thread"}, rights="select, insert, update"),
        rls.firms_own("thread_note"),
        rls.protect("read_mark", references={"thread_id": "thread"}, rights="select, insert, update"),
        rls.protect("message_template", rights="select, insert, update"),
    ]

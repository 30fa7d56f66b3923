"""Directories: the token of each, and what it says of people and groups."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import muniment.core.clock
import muniment.core.ids
import muniment.trust.vault.fields
from muniment.core.db import rls

_ID = ("id", models.UUIDField(default=muniment.core.ids.new, editable=False, primary_key=True, serialize=False))


def _client() -> tuple[str, models.ForeignKey]:
    return (
        "client",
        models.ForeignKey(
            db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clients.client"
        ),
    )


class Migration(migrations.Migration):
    """Two tables of clients' rows."""

    dependencies: ClassVar = [("federation", "0002_verb"), ("identity", "0006_life")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="DirectoryToken",
            fields=[
                _ID,
                ("name", muniment.trust.vault.fields.SealedText(editable=True)),
                ("secret_hash", models.BinaryField()),
                ("role", models.TextField()),
                ("made_by", models.UUIDField(null=True)),
                ("made_at", models.DateTimeField(default=muniment.core.clock.now)),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                ("noted_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                _client(),
            ],
            options={
                "db_table": "directory_token",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at", None)), fields=("client",), name="one_directory_token"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DirectoryRecord",
            fields=[
                _ID,
                ("kind", models.TextField()),
                ("user_name", muniment.trust.vault.fields.PeopleEmail(editable=True, null=True)),
                ("email", muniment.trust.vault.fields.PeopleEmail(editable=True, null=True)),
                ("body", muniment.trust.vault.fields.SealedJSON(editable=True)),
                ("person_id", models.UUIDField(null=True)),
                ("group_id", models.UUIDField(null=True)),
                ("is_made_here", models.BooleanField(default=False)),
                ("is_active", models.BooleanField(default=True)),
                ("asked_at", models.DateTimeField(null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(default=muniment.core.clock.now)),
                ("changed_at", models.DateTimeField(default=muniment.core.clock.now)),
                _client(),
            ],
            options={
                "db_table": "directory_record",
                "indexes": [models.Index(fields=["client", "email"], name="directory_record_email")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ("User", "Group"))), name="directory_record_kind"
                    ),
                    models.UniqueConstraint(fields=("client", "user_name"), name="directory_user_once"),
                ],
            },
        ),
        rls.protect("directory_token"),
        rls.protect("directory_record"),
    ]

"""How the portal presents itself, its logo, and the terms that people accept."""

from typing import ClassVar

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import muniment.core.clock
import muniment.core.ids
import muniment.trust.vault.fields
from muniment.core.db import rls


def _id():
    return (
        "id",
        models.UUIDField(default=muniment.core.ids.new, editable=False, primary_key=True, serialize=False),
    )


def _client():
    return (
        "client",
        models.ForeignKey(
            db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clients.client"
        ),
    )


class Migration(migrations.Migration):
    """Four tables."""

    initial = True
    dependencies: ClassVar = [("clients", "0001_walls"), ("vault", "0001_keys")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Presentation",
            fields=[
                _id(),
                ("version", models.PositiveIntegerField(default=0)),
                ("colour", models.TextField(default="")),
                ("texts", muniment.trust.vault.fields.SealedJSON(default=dict, editable=True)),
                ("language", models.TextField(default="en-gb")),
                ("zone", models.TextField(default="UTC")),
                (
                    "skipped",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
                ),
                ("mail_letter_id", models.UUIDField(null=True)),
                ("mail_tried_at", models.DateTimeField(null=True)),
                _client(),
            ],
            options={
                "db_table": "presentation",
                "constraints": (models.UniqueConstraint(fields=("client",), name="one_presentation"),),
            },
        ),
        rls.protect("presentation", rights="select, insert, update"),
        migrations.CreateModel(
            name="Logo",
            fields=[
                _id(),
                ("version", models.PositiveIntegerField()),
                ("media_type", models.TextField()),
                ("picture", muniment.trust.vault.fields.SealedJSON(editable=True)),
                ("set_by", models.UUIDField(null=True)),
                ("created_at", models.DateTimeField(default=muniment.core.clock.now)),
                _client(),
            ],
            options={
                "db_table": "logo",
                "constraints": (models.UniqueConstraint(fields=("client", "version"), name="one_logo_a_version"),),
            },
        ),
        rls.protect("logo", rights="select, insert, update, delete"),
        migrations.CreateModel(
            name="TermsVersion",
            fields=[
                _id(),
                ("number", models.PositiveIntegerField()),
                ("text", muniment.trust.vault.fields.SealedText(editable=True)),
                ("for_contacts", models.BooleanField()),
                ("for_staff", models.BooleanField()),
                ("published_by", models.UUIDField(null=True)),
                ("created_at", models.DateTimeField(default=muniment.core.clock.now)),
                _client(),
            ],
            options={
                "db_table": "terms_version",
                "constraints": (models.UniqueConstraint(fields=("client", "number"), name="one_terms_version"),),
            },
        ),
        rls.protect("terms_version", rights="select, insert, update"),
        migrations.CreateModel(
            name="Acceptance",
            fields=[
                _id(),
                ("person_id", models.UUIDField()),
                ("terms_id", models.UUIDField()),
                ("number", models.PositiveIntegerField()),
                ("created_at", models.DateTimeField(default=muniment.core.clock.now)),
            ],
            options={
                "db_table": "terms_acceptance",
                "constraints": (models.UniqueConstraint(fields=("person_id", "terms_id"), name="accepted_once"),),
            },
        ),
    ]

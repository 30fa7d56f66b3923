"""Wrapped keys, and the rows of sealed blobs."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import muniment.core.clock
import muniment.core.ids
from muniment.core.db import rls


def _identifier() -> tuple[str, models.Field]:
    return ("id", models.UUIDField(default=muniment.core.ids.new, editable=False, primary_key=True, serialize=False))


def _client() -> tuple[str, models.Field]:
    return (
        "client",
        models.ForeignKey(
            db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clients.client"
        ),
    )


class Migration(migrations.Migration):
    """The vault's tables."""

    initial = True
    dependencies: ClassVar = [("clients", "0001_walls")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="InstallationKey",
            fields=[
                _identifier(),
                ("purpose", models.TextField(unique=True)),
                ("wrapped", models.BinaryField()),
                ("created_at", models.DateTimeField(default=muniment.core.clock.now)),
            ],
            options={"db_table": "installation_key"},
        ),
        migrations.CreateModel(
            name="ClientKey",
            fields=[
                _identifier(),
                ("version", models.PositiveSmallIntegerField(default=1)),
                ("wrapped", models.BinaryField()),
                ("created_at", models.DateTimeField(default=muniment.core.clock.now)),
                _client(),
            ],
            options={
                "db_table": "client_key",
                "constraints": (models.UniqueConstraint(fields=("client", "version"), name="one_key_a_version"),),
            },
        ),
        migrations.CreateModel(
            name="Blob",
            fields=[
                _identifier(),
                ("size_bytes", models.BigIntegerField()),
                ("received_bytes", models.BigIntegerField(default=0)),
                ("salt", models.BinaryField()),
                ("wrapped_key", models.BinaryField()),
                ("created_at", models.DateTimeField(default=muniment.core.clock.now)),
                ("sealed_at", models.DateTimeField(null=True)),
                ("proved_at", models.DateTimeField(null=True)),
                ("sha256", models.BinaryField(null=True)),
                ("deleted_at", models.DateTimeField(null=True)),
                _client(),
            ],
            options={
                "db_table": "blob",
                "indexes": [models.Index(fields=["client", "created_at"], name="blob_created")],
                "constraints": (
                    models.CheckConstraint(
                        condition=models.Q(("received_bytes__gte", 0), ("received_bytes__lte", models.F("size_bytes"))),
                        name="received_within_size",
                    ),
                ),
            },
        ),
        rls.protect("client_key", rights="select, insert"),
        rls.protect("blob", rights="select, insert, update"),
    ]

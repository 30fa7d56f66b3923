"""Which store holds a blob, uploads under way in stores that take parts, and where a client's documents may lie."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import muniment.core.clock
import muniment.core.ids
import muniment.trust.clients.types
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


def _reference(to: str) -> models.Field:
    return muniment.trust.clients.types.ClientReference(
        db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=to
    )


class Migration(migrations.Migration):
    """The tables of the stores."""

    dependencies: ClassVar = [("vault", "0001_keys")]
    operations: ClassVar = [
        migrations.AddField("blob", "store", models.TextField(default="disk", db_default="disk")),
        migrations.AddConstraint(
            "blob",
            models.CheckConstraint(condition=models.Q(("store__in", ["disk", "s3"])), name="blob_store"),
        ),
        migrations.CreateModel(
            name="Multipart",
            fields=[
                _identifier(),
                ("upload_ref", models.TextField(default="", db_default="")),
                ("writer", models.UUIDField(null=True)),
                ("writer_until", models.DateTimeField(null=True)),
                ("is_finishing", models.BooleanField(default=False, db_default=False)),
                ("blob", _reference("vault.blob")),
                _client(),
            ],
            options={
                "db_table": "multipart",
                "constraints": (models.UniqueConstraint(fields=("client", "blob"), name="one_multipart_a_blob"),),
            },
        ),
        migrations.CreateModel(
            name="MultipartPart",
            fields=[
                _identifier(),
                ("number", models.PositiveIntegerField()),
                ("etag", models.TextField()),
                ("tags", models.BinaryField()),
                ("multipart", _reference("vault.multipart")),
                _client(),
            ],
            options={
                "db_table": "multipart_part",
                "constraints": (
                    models.UniqueConstraint(fields=("client", "multipart", "number"), name="one_part_a_number"),
                ),
            },
        ),
        migrations.CreateModel(
            name="Residency",
            fields=[
                _identifier(),
                ("region", models.TextField()),
                ("since", models.DateTimeField(default=muniment.core.clock.now)),
                _client(),
            ],
            options={
                "db_table": "residency",
                "constraints": (models.UniqueConstraint(fields=("client",), name="one_residency"),),
            },
        ),
        rls.protect("multipart", references={"blob_id": "blob"}),
        rls.protect("multipart_part", references={"multipart_id": "multipart"}),
        rls.protect("residency"),
    ]

"""Verdicts about blobs: those there already are waiting, and are vetted by the job. And the rules of each client."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import muniment.core.clock
import muniment.core.ids
from muniment.core.db import rls


class Migration(migrations.Migration):
    """Verdicts and rules about what is uploaded."""

    dependencies: ClassVar = [("vault", "0004_turning")]
    operations: ClassVar = [
        migrations.AddField("blob", "verdict", models.TextField(default="waiting", db_default="waiting")),
        migrations.AddField("blob", "verdict_reason", models.TextField(default="", db_default="")),
        migrations.AddField("blob", "verdict_detail", models.TextField(default="", db_default="")),
        migrations.AddField("blob", "scanner", models.TextField(default="", db_default="")),
        migrations.AddField("blob", "vetted_at", models.DateTimeField(null=True)),
        migrations.AddConstraint(
            "blob",
            models.CheckConstraint(
                condition=models.Q(("verdict__in", ["waiting", "clean", "held", "refused", "released"])),
                name="blob_verdict",
            ),
        ),
        migrations.AddIndex(
            "blob",
            models.Index(
                fields=["client", "id"],
                condition=models.Q(("verdict__in", ["clean", "released"]), _negated=True),
                name="blob_not_open",
            ),
        ),
        migrations.CreateModel(
            name="UploadRules",
            fields=[
                (
                    "id",
                    models.UUIDField(default=muniment.core.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("rules", models.JSONField()),
                ("changed_at", models.DateTimeField(default=muniment.core.clock.now)),
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
                "db_table": "upload_rules",
                "constraints": (models.UniqueConstraint(fields=("client",), name="one_set_of_upload_rules"),),
            },
        ),
        rls.protect("upload_rules", rights="select, insert, update"),
    ]

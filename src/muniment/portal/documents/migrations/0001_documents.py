"""Folders, documents, versions and uploads."""

import django.db.models.deletion
from django.db import migrations, models

import muniment.core.clock
import muniment.core.ids
import muniment.trust.clients.types
import muniment.trust.vault.fields
from muniment.core.db import rls


class Migration(migrations.Migration):
    """Folders, documents, versions and uploads."""

    initial = True

    dependencies = [
        ("clients", "0001_walls"),
        ("vault", "0001_keys"),
    ]

    operations = [
        migrations.CreateModel(
            name="Folder",
            fields=[
                (
                    "id",
                    models.UUIDField(default=muniment.core.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("name", muniment.trust.vault.fields.SealedText(editable=True)),
                ("created_at", models.DateTimeField(default=muniment.core.clock.now)),
                ("created_by", models.UUIDField(null=True)),
                ("trashed_at", models.DateTimeField(null=True)),
                ("trashed_by", models.UUIDField(null=True)),
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
                    "parent",
                    muniment.trust.clients.types.ClientReference(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="documents.folder",
                    ),
                ),
            ],
            options={
                "db_table": "folder",
            },
        ),
        migrations.CreateModel(
            name="Document",
            fields=[
                (
                    "id",
                    models.UUIDField(default=muniment.core.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("name", muniment.trust.vault.fields.SealedText(editable=True)),
                ("kind", models.TextField()),
                ("media_type", models.TextField()),
                ("size_bytes", models.BigIntegerField()),
                ("version_count", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(default=muniment.core.clock.now)),
                ("created_by", models.UUIDField(null=True)),
                ("changed_at", models.DateTimeField(default=muniment.core.clock.now)),
                ("changed_by", models.UUIDField(null=True)),
                ("trashed_at", models.DateTimeField(null=True)),
                ("trashed_by", models.UUIDField(null=True)),
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
                    "folder",
                    muniment.trust.clients.types.ClientReference(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="documents.folder",
                    ),
                ),
            ],
            options={
                "db_table": "document",
            },
        ),
        migrations.CreateModel(
            name="Version",
            fields=[
                (
                    "id",
                    models.UUIDField(default=muniment.core.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("number", models.PositiveIntegerField()),
                ("media_type", models.TextField()),
                ("size_bytes", models.BigIntegerField()),
                ("added_at", models.DateTimeField(default=muniment.core.clock.now)),
                ("added_by", models.UUIDField(null=True)),
                (
                    "blob",
                    muniment.trust.clients.types.ClientReference(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="vault.blob",
                    ),
                ),
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
                    "document",
                    muniment.trust.clients.types.ClientReference(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="documents.document",
                    ),
                ),
            ],
            options={
                "db_table": "version",
            },
        ),
        migrations.CreateModel(
            name="Upload",
            fields=[
                (
                    "id",
                    models.UUIDField(default=muniment.core.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("person_id", models.UUIDField()),
                ("name", muniment.trust.vault.fields.SealedText(editable=True)),
                ("media_type", models.TextField(default="application/octet-stream")),
                ("created_at", models.DateTimeField(default=muniment.core.clock.now)),
                ("expires_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("cancelled_at", models.DateTimeField(null=True)),
                (
                    "blob",
                    muniment.trust.clients.types.ClientReference(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="vault.blob",
                    ),
                ),
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
                    "document",
                    muniment.trust.clients.types.ClientReference(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="documents.document",
                    ),
                ),
                (
                    "folder",
                    muniment.trust.clients.types.ClientReference(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="documents.folder",
                    ),
                ),
                (
                    "became",
                    muniment.trust.clients.types.ClientReference(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="documents.version",
                    ),
                ),
            ],
            options={
                "db_table": "upload",
            },
        ),
        migrations.AddIndex(
            model_name="folder",
            index=models.Index(fields=["client", "parent"], name="folder_parent"),
        ),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(
                condition=models.Q(("trashed_at", None)),
                fields=["client", "folder", "-changed_at", "-id"],
                name="document_by_change",
            ),
        ),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(
                condition=models.Q(("trashed_at", None)),
                fields=["client", "folder", "-size_bytes", "-id"],
                name="document_by_size",
            ),
        ),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(
                condition=models.Q(("trashed_at", None)),
                fields=["client", "-changed_at", "-id"],
                name="document_newest",
            ),
        ),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(
                condition=models.Q(("trashed_at", None), _negated=True),
                fields=["client", "-trashed_at"],
                name="document_trash",
            ),
        ),
        migrations.AddConstraint(
            model_name="version",
            constraint=models.UniqueConstraint(fields=("client", "document", "number"), name="one_version_a_number"),
        ),
        migrations.AddIndex(
            model_name="upload",
            index=models.Index(
                condition=models.Q(("cancelled_at", None), ("finished_at", None)),
                fields=["client", "expires_at"],
                name="upload_unfinished",
            ),
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.CheckConstraint(
                condition=models.Q(("expires_at__gt", models.F("created_at"))), name="upload_expires_after"
            ),
        ),
        rls.protect("folder", references={"parent_id": "folder"}, rights="select, insert, update"),
        rls.protect("document", references={"folder_id": "folder"}, rights="select, insert, update"),
        rls.protect("version", references={"document_id": "document", "blob_id": "blob"}, rights="select, insert"),
        rls.protect(
            "upload",
            references={"blob_id": "blob", "folder_id": "folder", "document_id": "document", "became_id": "version"},
            rights="select, insert, update",
        ),
    ]

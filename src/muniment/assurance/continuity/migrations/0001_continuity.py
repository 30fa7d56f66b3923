"""Backups, orders, drills and counts of rows: about the installation, without any client's data."""

from typing import ClassVar

from django.db import migrations, models

import muniment.core.clock
import muniment.core.ids


def _identifier():
    return ("id", models.UUIDField(default=muniment.core.ids.new, editable=False, primary_key=True, serialize=False))


def _times():
    return [
        ("started_at", models.DateTimeField(default=muniment.core.clock.now)),
        ("ended_at", models.DateTimeField(null=True)),
    ]


class Migration(migrations.Migration):
    """The tables of continuity."""

    initial = True
    dependencies: ClassVar = []
    operations: ClassVar = [
        migrations.CreateModel(
            name="Backup",
            fields=[
                _identifier(),
                ("kind", models.TextField()),
                ("state", models.TextField(default="running")),
                *_times(),
                ("moment", models.DateTimeField(null=True)),
                ("bytes_read", models.PositiveBigIntegerField(default=0)),
                ("bytes_added", models.PositiveBigIntegerField(default=0)),
                ("snapshot_id", models.TextField(default="")),
                ("version", models.TextField(default="")),
                ("migrations", models.TextField(default="")),
                ("trouble", models.TextField(default="")),
            ],
            options={
                "db_table": "backup",
                "indexes": (models.Index(fields=["kind", "-started_at"], name="backup_by_kind"),),
                "constraints": (
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ("base", "incremental", "wal", "store", "bundle"))),
                        name="backup_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("running", "done", "failed"))), name="backup_state"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "running")), fields=("kind",), name="one_running_backup_of_a_kind"
                    ),
                ),
            },
        ),
        migrations.CreateModel(
            name="Order",
            fields=[
                _identifier(),
                ("what", models.TextField()),
                ("state", models.TextField(default="asked")),
                ("asked_by", models.UUIDField(null=True)),
                ("asked_at", models.DateTimeField(default=muniment.core.clock.now)),
                ("taken_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("target_client", models.UUIDField(null=True)),
                ("target_id", models.UUIDField(null=True)),
                ("moment", models.DateTimeField(null=True)),
                ("step", models.TextField(default="")),
                ("done", models.PositiveBigIntegerField(default=0)),
                ("total", models.PositiveBigIntegerField(default=0)),
                ("trouble", models.TextField(default="")),
            ],
            options={
                "db_table": "backup_order",
                "indexes": (models.Index(fields=["state", "asked_at"], name="backup_order_by_state"),),
                "constraints": (
                    models.CheckConstraint(
                        condition=models.Q(
                            ("what__in", ("backup", "check", "drill", "restore_document", "restore_client"))
                        ),
                        name="backup_order_what",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("asked", "taken", "done", "failed"))),
                        name="backup_order_state",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("state__in", ["asked", "taken"]), ("what__in", ["backup", "check", "drill"])
                        ),
                        fields=("what",),
                        name="one_open_order_of_a_kind",
                    ),
                ),
            },
        ),
        migrations.CreateModel(
            name="Drill",
            fields=[
                _identifier(),
                ("state", models.TextField(default="running")),
                *_times(),
                ("backup_id", models.UUIDField(null=True)),
                ("moment", models.DateTimeField(null=True)),
                ("loss_seconds", models.FloatField(null=True)),
                ("recovery_seconds", models.FloatField(null=True)),
                ("checks", models.JSONField(default=list)),
                ("report", models.TextField(default="")),
                ("signature", models.TextField(default="")),
            ],
            options={
                "db_table": "drill",
                "indexes": (models.Index(fields=["-started_at"], name="drill_by_time"),),
                "constraints": (
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("running", "passed", "failed"))), name="drill_state"
                    ),
                ),
            },
        ),
        migrations.CreateModel(
            name="Census",
            fields=[
                _identifier(),
                ("at", models.DateTimeField(default=muniment.core.clock.now)),
                ("counts", models.JSONField(default=dict)),
                ("register_size", models.PositiveBigIntegerField(default=0)),
                ("register_root", models.BinaryField(default=bytes)),
                ("signature", models.TextField(default="")),
            ],
            options={
                "db_table": "census",
                "indexes": (models.Index(fields=["-at"], name="census_by_time"),),
            },
        ),
    ]

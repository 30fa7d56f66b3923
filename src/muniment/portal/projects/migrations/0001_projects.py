"""Projects, their stages, tasks, what waits for what, and rules."""

import django.db.models.deletion
from django.db import migrations, models

import muniment.core.clock
import muniment.core.ids
import muniment.trust.clients.types
import muniment.trust.vault.fields
from muniment.core.db import rls


class Migration(migrations.Migration):
    """The tables of projects; tasks of the firm alone, and rules, are shown to its people alone."""

    initial = True

    dependencies = [
        ("clients", "0003_firms_own"),
        ("vault", "0001_keys"),
    ]

    operations = [
        migrations.CreateModel(
            name="Project",
            fields=[
                (
                    "id",
                    models.UUIDField(default=muniment.core.ids.new, editable=False, primary_key=True, serialize=False),
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
                ("name", muniment.trust.vault.fields.SealedText(editable=True)),
                ("about", muniment.trust.vault.fields.SealedText(default="", editable=True)),
                ("is_template", models.BooleanField(default=False)),
                ("lead_id", models.UUIDField(null=True)),
                ("started_on", models.DateField()),
                ("due_on", models.DateField(null=True)),
                ("created_at", models.DateTimeField(default=muniment.core.clock.now)),
                ("created_by", models.UUIDField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "db_table": "project",
                "indexes": [models.Index(fields=["client", "-id"], name="project_newest")],
            },
        ),
        migrations.CreateModel(
            name="Stage",
            fields=[
                (
                    "id",
                    models.UUIDField(default=muniment.core.ids.new, editable=False, primary_key=True, serialize=False),
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
                    "project",
                    muniment.trust.clients.types.ClientReference(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stages",
                        to="projects.project",
                    ),
                ),
                ("name", muniment.trust.vault.fields.SealedText(editable=True)),
                ("place", models.PositiveIntegerField()),
                ("reached_at", models.DateTimeField(null=True)),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "db_table": "stage",
                "indexes": [models.Index(fields=["client", "project", "place"], name="stage_in_project")],
            },
        ),
        migrations.AddField(
            model_name="project",
            name="stage",
            field=muniment.trust.clients.types.ClientReference(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="projects.stage",
            ),
        ),
        migrations.CreateModel(
            name="Task",
            fields=[
                (
                    "id",
                    models.UUIDField(default=muniment.core.ids.new, editable=False, primary_key=True, serialize=False),
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
                    "project",
                    muniment.trust.clients.types.ClientReference(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to="projects.project",
                    ),
                ),
                (
                    "stage",
                    muniment.trust.clients.types.ClientReference(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to="projects.stage",
                    ),
                ),
                ("place", models.PositiveIntegerField()),
                ("title", muniment.trust.vault.fields.SealedText(editable=True)),
                ("about", muniment.trust.vault.fields.SealedText(default="", editable=True)),
                ("state", models.TextField(default="open")),
                ("why", muniment.trust.vault.fields.SealedText(default="", editable=True)),
                ("side", models.TextField(default="firm")),
                ("assignee_id", models.UUIDField(null=True)),
                ("start_on", models.DateField(null=True)),
                ("due_on", models.DateField(null=True)),
                ("start_day", models.IntegerField(null=True)),
                ("due_day", models.IntegerField(null=True)),
                ("for_firm", models.BooleanField(default=False)),
                ("thing_kind", models.TextField(default="")),
                ("thing_id", models.UUIDField(null=True)),
                ("rule_id", models.UUIDField(null=True)),
                ("created_at", models.DateTimeField(default=muniment.core.clock.now)),
                ("created_by", models.UUIDField(null=True)),
                ("changed_at", models.DateTimeField(default=muniment.core.clock.now)),
                ("changed_by", models.UUIDField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
                ("told_at", models.DateTimeField(null=True)),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "db_table": "task",
                "indexes": [
                    models.Index(fields=["client", "project", "stage", "place"], name="task_in_project"),
                    models.Index(
                        condition=models.Q(("state__in", ("open", "in-work", "blocked"))),
                        fields=["client", "assignee_id", "due_on"],
                        name="task_of_person",
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ("open", "in-work", "blocked"))),
                        fields=["client", "side", "due_on"],
                        name="task_of_side",
                    ),
                    models.Index(
                        condition=models.Q(("thing_id__isnull", False)),
                        fields=["client", "thing_id"],
                        name="task_of_thing",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("open", "in-work", "blocked", "done", "dropped"))),
                        name="task_state",
                    ),
                    models.CheckConstraint(condition=models.Q(("side__in", ("firm", "client"))), name="task_side"),
                    models.CheckConstraint(
                        condition=models.Q(("thing_kind__in", ("", "document", "checklist", "checklist-template"))),
                        name="task_thing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("for_firm", False), ("side", "firm"), _connector="OR"),
                        name="task_of_the_firm",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Need",
            fields=[
                (
                    "id",
                    models.UUIDField(default=muniment.core.ids.new, editable=False, primary_key=True, serialize=False),
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
                    "task",
                    muniment.trust.clients.types.ClientReference(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="needs",
                        to="projects.task",
                    ),
                ),
                (
                    "first",
                    muniment.trust.clients.types.ClientReference(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="needed_by",
                        to="projects.task",
                    ),
                ),
            ],
            options={
                "db_table": "task_need",
                "indexes": [models.Index(fields=["client", "first"], name="task_need_first")],
                "constraints": [
                    models.UniqueConstraint(fields=("client", "task", "first"), name="one_need_of_a_pair"),
                    models.CheckConstraint(
                        condition=models.Q(("task", models.F("first")), _negated=True), name="task_needs_another"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Rule",
            fields=[
                (
                    "id",
                    models.UUIDField(default=muniment.core.ids.new, editable=False, primary_key=True, serialize=False),
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
                    "project",
                    muniment.trust.clients.types.ClientReference(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rules",
                        to="projects.project",
                    ),
                ),
                ("trigger", models.TextField()),
                (
                    "stage",
                    muniment.trust.clients.types.ClientReference(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="projects.stage",
                    ),
                ),
                (
                    "task",
                    muniment.trust.clients.types.ClientReference(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="projects.task",
                    ),
                ),
                ("on_date", models.DateField(null=True)),
                ("on_day", models.IntegerField(null=True)),
                ("effect", models.TextField()),
                (
                    "to_stage",
                    muniment.trust.clients.types.ClientReference(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="projects.stage",
                    ),
                ),
                ("title", muniment.trust.vault.fields.SealedText(default="", editable=True)),
                ("side", models.TextField(default="firm")),
                ("person_id", models.UUIDField(null=True)),
                ("days", models.IntegerField(null=True)),
                ("checklist_template_id", models.UUIDField(null=True)),
                ("for_firm", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(default=muniment.core.clock.now)),
                ("created_by", models.UUIDField(null=True)),
                ("ran_at", models.DateTimeField(null=True)),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "db_table": "project_rule",
                "indexes": [
                    models.Index(
                        condition=models.Q(("ran_at", None)), fields=["client", "project"], name="project_rule_waiting"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("trigger__in", ("stage-done", "thing-done", "date"))),
                        name="project_rule_trigger",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("effect__in", ("next-stage", "create-task", "notify", "send-checklist"))),
                        name="project_rule_effect",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("side__in", ("firm", "client"))), name="project_rule_side"
                    ),
                ],
            },
        ),
        rls.protect("project", rights="select, insert, update"),
        rls.protect("stage", references={"project_id": "project"}),
        rls.refer("project", "stage_id", "stage"),
        rls.protect("task", references={"project_id": "project", "stage_id": "stage"}, rights="select, insert, update"),
        rls.protect("task_need", references={"task_id": "task", "first_id": "task"}),
        rls.protect(
            "project_rule",
            references={"project_id": "project", "stage_id": "stage", "task_id": "task", "to_stage_id": "stage"},
        ),
        rls.firms_own("task", only="for_firm"),
        rls.firms_own("project_rule"),
    ]

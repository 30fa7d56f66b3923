"""Roles that can be copied and changed, groups of people, and grants to them; what was allowed when can be asked later."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

import muniment.core.clock
import muniment.core.ids
import muniment.trust.access.models
import muniment.trust.clients.types
import muniment.trust.vault.fields
from muniment.core.db import rls

ADMINISTERING = ("super-admin", "admin")
VERBS = {
    "role:set": ("super-admin", "admin"),
    "group:set": ("super-admin", "admin", "advisor", "manager"),
    "manager-roles:set": ("super-admin", "admin", "advisor"),
}

# Every client's request reads roles; only a transaction bound to the firm changes them.
_ROLES_ARE_THE_FIRMS = [
    step
    for table in ("role", "role_action")
    for step in (
        f"alter table {table} enable row level security",
        f"create policy read_by_all on {table} for select using (true)",
        f"create policy made_by_the_firm on {table} for insert to {rls.READERS} "
        "with check ((select app.cid()) = (select app.firm_id()))",
        f"create policy changed_by_the_firm on {table} for update to {rls.READERS} "
        "using ((select app.cid()) = (select app.firm_id())) with check ((select app.cid()) = (select app.firm_id()))",
    )
]
# The desk's look at several logs follows grants to groups too, and a role only while it holds the verb.
_DESK_READS_LOGS = [
    "drop policy desk on entry",
    "create policy desk on entry for select to muniment_desk using (client_id in ("
    "select g.client_id from access_grant g join role_action a on a.role_id = g.role_id "
    "where a.verb = 'log:read' and a.since <= now() and (a.until is null or a.until > now()) "
    "and g.scope_kind = 'client' and g.starts_at <= now() and (g.ends_at is null or g.ends_at > now()) "
    "and (g.person_id = (select app.pid()) or exists (select from group_member m where m.client_id = g.client_id "
    "and m.group_id = g.group_id and m.person_id = (select app.pid()) and m.until is null))))",
]


def lay(apps, schema_editor):
    """Mark what came with the portal, and give the new verbs to the roles that administer."""
    roles, held = apps.get_model("access", "Role"), apps.get_model("access", "RoleAction")
    roles.objects.update(is_built_in=True)
    roles.objects.filter(name__in=ADMINISTERING).update(administers=True)
    for verb, names in VERBS.items():
        for role in roles.objects.filter(name__in=names):
            held.objects.get_or_create(role=role, verb=verb)


def _client_row(name, *fields, **options):
    """Return the step that makes a table of clients' rows."""
    return migrations.CreateModel(
        name=name,
        fields=[
            ("id", models.UUIDField(default=muniment.core.ids.new, editable=False, primary_key=True, serialize=False)),
            (
                "client",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="clients.client",
                ),
            ),
            *fields,
        ],
        options=options,
    )


class Migration(migrations.Migration):
    """Who may what, with groups and with a past."""

    dependencies: ClassVar = [("access", "0007_desk_reads_logs"), ("clients", "0001_walls")]
    operations: ClassVar = [
        migrations.AddField("role", "title", models.TextField(default="")),
        migrations.AddField("role", "description", models.TextField(default="")),
        migrations.AddField("role", "is_built_in", models.BooleanField(default=False)),
        migrations.AddField("role", "administers", models.BooleanField(default=False)),
        migrations.AddField(
            "role",
            "copied_from",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.role"
            ),
        ),
        migrations.AddField("role", "made_by", models.UUIDField(null=True)),
        migrations.AddField("role", "made_at", models.DateTimeField(default=muniment.core.clock.now)),
        migrations.AddField("role", "retired_at", models.DateTimeField(null=True)),
        migrations.AddField("roleaction", "since", models.DateTimeField(default=muniment.trust.access.models.always)),
        migrations.AddField("roleaction", "until", models.DateTimeField(null=True)),
        migrations.RemoveConstraint("roleaction", "verb_once_a_role"),
        migrations.AddConstraint(
            "roleaction",
            models.UniqueConstraint(fields=["role", "verb"], condition=Q(until=None), name="verb_once_a_role"),
        ),
        migrations.AddIndex("roleaction", models.Index(fields=["verb", "role"], name="role_action_verb")),
        _client_row(
            "Group",
            ("name", muniment.trust.vault.fields.SealedText(editable=True)),
            ("is_firms", models.BooleanField(default=False)),
            ("made_by", models.UUIDField(null=True)),
            ("made_at", models.DateTimeField(default=muniment.core.clock.now)),
            ("removed_at", models.DateTimeField(null=True)),
            db_table="person_group",
        ),
        _client_row(
            "GroupMember",
            ("person_id", models.UUIDField()),
            ("since", models.DateTimeField(default=muniment.core.clock.now)),
            ("until", models.DateTimeField(null=True)),
            ("added_by", models.UUIDField(null=True)),
            (
                "group",
                muniment.trust.clients.types.ClientReference(
                    db_constraint=False,
                    db_index=False,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="access.group",
                ),
            ),
            db_table="group_member",
            constraints=[
                models.UniqueConstraint(
                    fields=["client", "group", "person_id"], condition=Q(until=None), name="once_in_a_group"
                )
            ],
            indexes=[models.Index(fields=["client", "person_id"], name="group_member_person")],
        ),
        _client_row(
            "GroupPlace",
            ("place_id", models.UUIDField()),
            (
                "group",
                muniment.trust.clients.types.ClientReference(
                    db_constraint=False,
                    db_index=False,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="access.group",
                ),
            ),
            db_table="group_place",
            constraints=[models.UniqueConstraint(fields=["client", "group", "place_id"], name="group_once_in_a_place")],
        ),
        _client_row(
            "ManagerRoles",
            ("roles", models.JSONField(default=list)),
            ("set_by", models.UUIDField(null=True)),
            ("set_at", models.DateTimeField(default=muniment.core.clock.now)),
            db_table="manager_roles",
        ),
        migrations.AddField(
            "grant",
            "group",
            muniment.trust.clients.types.ClientReference(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="access.group",
            ),
        ),
        migrations.AddField("grant", "approved_by", models.UUIDField(null=True)),
        migrations.AddField("grant", "is_emergency", models.BooleanField(default=False)),
        migrations.AddConstraint(
            "grant",
            models.CheckConstraint(condition=Q(person_id=None) | Q(group=None), name="grant_to_person_or_group"),
        ),
        migrations.AddConstraint(
            "grant",
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("given_by")), name="grant_by_two_people"
            ),
        ),
        migrations.AddIndex(
            "grant",
            models.Index(fields=["client", "group"], condition=Q(group__isnull=False), name="grant_group"),
        ),
        rls.protect("person_group", rights="select, insert, update"),
        rls.protect("group_member", references={"group_id": "person_group"}, rights="select, insert, update"),
        rls.protect("group_place", references={"group_id": "person_group"}, rights="select, insert"),
        rls.protect("manager_roles", rights="select, insert"),
        rls.refer("access_grant", "group_id", "person_group"),
        migrations.RunSQL(sql=_DESK_READS_LOGS, reverse_sql=migrations.RunSQL.noop),
        migrations.RunSQL(sql=_ROLES_ARE_THE_FIRMS, reverse_sql=migrations.RunSQL.noop),
        migrations.RunPython(lay, migrations.RunPython.noop),
    ]

"""The periods of each client's log, and the one way to drop parts of entries.

The web and worker roles may not change an entry at all. Parts go through `app.drop_entry_parts` alone, which
belongs to the definer: whatever it is told, it drops nothing younger than the client's own periods, which a
constraint keeps above a year (or the usual ones, where none were set), and nothing while a hold is in the client.
"""

from typing import ClassVar

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import muniment.core.ids
from muniment.core.db import rls

VERB = "log-retention:set"

_POLICIES = [
    "create policy definer_drops_sees on entry for select to muniment_definer using (client_id = (select app.cid()))",
    "create policy definer_drops on entry for update to muniment_definer "
    "using (client_id = (select app.cid())) with check (client_id = (select app.cid()))",
    "grant select (client_id, at, id, person_id, core, private), update (person_id, core, private) "
    "on entry to muniment_definer",
    "create policy definer_reads on hold for select to muniment_definer using (client_id = (select app.cid()))",
    "grant select (client_id, lifted_at) on hold to muniment_definer",
    "create policy definer_keeps on log_periods to muniment_definer "
    "using (client_id = (select app.cid())) with check (client_id = (select app.cid()))",
    "grant select, insert, update on log_periods to muniment_definer",
]
# Where the dropping of each part begins and ends; it ends before it begins while a hold is in the client.
_RANGES = """
create function app.entry_parts_over(private_months integer, core_months integer,
  out private_from timestamptz, out private_until timestamptz, out core_from timestamptz, out core_until timestamptz)
language plpgsql stable security definer set search_path = app, pg_temp as $$
declare
  own log_periods;
begin
  select * into own from log_periods where client_id = app.cid();
  private_from := coalesce(own.private_dropped_before, '-infinity');
  core_from := coalesce(own.core_dropped_before, '-infinity');
  if exists (select from hold where client_id = app.cid() and lifted_at is null) then
    private_until := '-infinity';
    core_until := '-infinity';
  else
    private_until := now() - make_interval(months => greatest(private_months, coalesce(own.private_months, 13)));
    core_until := now() - make_interval(months => greatest(core_months, coalesce(own.core_months, 120)));
  end if;
end $$
"""
_DUE = """
create function app.entry_parts_due(private_months integer, core_months integer) returns boolean
language sql stable security definer set search_path = app, pg_temp
begin atomic
  select exists (select from app.entry e where e.client_id = app.cid()
      and e.at >= r.private_from and e.at < r.private_until and (e.private is not null or e.person_id is not null))
    or exists (select from app.entry e where e.client_id = app.cid()
      and e.at >= r.core_from and e.at < r.core_until and e.core is not null)
  from app.entry_parts_over(private_months, core_months) r;
end
"""
_DROP = """
create function app.drop_entry_parts(private_months integer, core_months integer, batch integer,
  out private_dropped bigint, out core_dropped bigint)
language plpgsql security definer set search_path = app, pg_temp as $$
declare
  r record;
begin
  insert into log_periods (id, client_id, rules, private_months, core_months)
  values (gen_random_uuid(), app.cid(), '{}', greatest(private_months, 13), greatest(private_months, core_months, 120))
  on conflict do nothing;
  perform from log_periods where client_id = app.cid() for update;
  select * into r from app.entry_parts_over(private_months, core_months);
  with due as (
    select e.at, e.id from entry e where e.client_id = app.cid() and e.at >= r.private_from and e.at < r.private_until
      and (e.private is not null or e.person_id is not null) order by e.at, e.id limit batch)
  update entry e set private = null, person_id = null from due
  where e.client_id = app.cid() and e.at = due.at and e.id = due.id;
  get diagnostics private_dropped = row_count;
  with due as (
    select e.at, e.id from entry e where e.client_id = app.cid() and e.at >= r.core_from and e.at < r.core_until
      and e.core is not null order by e.at, e.id limit batch)
  update entry e set core = null from due where e.client_id = app.cid() and e.at = due.at and e.id = due.id;
  get diagnostics core_dropped = row_count;
  update log_periods set
    private_dropped_before = case when private_dropped < batch
      then greatest(private_dropped_before, r.private_until) else private_dropped_before end,
    core_dropped_before = case when core_dropped < batch
      then greatest(core_dropped_before, r.core_until) else core_dropped_before end
  where client_id = app.cid() and r.private_until > '-infinity';
end $$
"""
_FUNCTIONS = {
    "app.entry_parts_over(integer, integer)": _RANGES,
    "app.entry_parts_due(integer, integer)": _DUE,
    "app.drop_entry_parts(integer, integer, integer)": _DROP,
}
_GIVEN = [  # rights first: once the definer owns a function, whoever migrates can give and take nothing any more
    *(f"revoke all on function {name} from public" for name in _FUNCTIONS),
    *(f"grant execute on function {name} to muniment_job" for name in list(_FUNCTIONS)[1:]),
    *(f"alter function {name} owner to muniment_definer" for name in _FUNCTIONS),
]


def add_verb(apps, schema_editor):
    """Add the verb where it is not held yet: in a new installation it is."""
    roles, held = apps.get_model("access", "Role"), apps.get_model("access", "RoleAction")
    for role in roles.objects.filter(name__in=["super-admin", "admin"]):
        held.objects.get_or_create(role=role, verb=VERB)


class Migration(migrations.Migration):
    """How long the log is kept."""

    initial = True
    dependencies: ClassVar = [
        ("access", "0005_key_verbs"),
        ("audit", "0001_entries"),
        ("clients", "0001_walls"),
        ("custody", "0001_custody"),
    ]
    operations: ClassVar = [
        migrations.CreateModel(
            name="LogPeriods",
            fields=[
                (
                    "id",
                    models.UUIDField(default=muniment.core.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("rules", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list)),
                ("private_months", models.PositiveIntegerField()),
                ("core_months", models.PositiveIntegerField()),
                ("set_by", models.UUIDField(null=True)),
                ("set_at", models.DateTimeField(null=True)),
                ("private_dropped_before", models.DateTimeField(null=True)),
                ("core_dropped_before", models.DateTimeField(null=True)),
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
                "db_table": "log_periods",
                "constraints": (
                    models.UniqueConstraint(fields=("client",), name="one_set_of_log_periods"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("private_months__gte", 12), ("core_months__gte", models.F("private_months"))
                        ),
                        name="log_periods_in_order",
                    ),
                ),
            },
        ),
        rls.protect("log_periods", rights="select, insert, update"),
        *(
            migrations.RunSQL(sql=step, reverse_sql=migrations.RunSQL.noop)
            for step in (_POLICIES, list(_FUNCTIONS.values()), _GIVEN)
        ),
        migrations.RunPython(add_verb, migrations.RunPython.noop),
    ]

"""What the first entry after a restore says is kept as long as the log: without it nobody knows the log's former name."""

from typing import ClassVar

from django.db import migrations

_DUE = """
create or replace function app.entry_parts_due(private_months integer, core_months integer) returns boolean
language sql stable security definer set search_path = app, pg_temp
begin atomic
  select exists (select from app.entry e where e.client_id = app.cid()
      and e.at >= r.private_from and e.at < r.private_until and (e.private is not null or e.person_id is not null))
    or exists (select from app.entry e where e.client_id = app.cid()
      and e.at >= r.core_from and e.at < r.core_until and e.core is not null
      and e.event <> 'portal.restored')
  from app.entry_parts_over(private_months, core_months) r;
end
"""
_DROP = """
create or replace function app.drop_entry_parts(private_months integer, core_months integer, batch integer,
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
      and e.core is not null and e.event <> 'portal.restored' order by e.at, e.id limit batch)
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


class Migration(migrations.Migration):
    """Entries about restores keep what they say."""

    dependencies: ClassVar = [("retention", "0001_log_periods"), ("audit", "0005_epochs")]
    operations: ClassVar = [
        migrations.RunSQL(
            sql=[
                "grant select (event) on entry to muniment_definer",
                "set local role muniment_definer",  # it owns them
                _DUE,
                _DROP,
                "reset role",
            ],
            reverse_sql=migrations.RunSQL.noop,
        )
    ]

"""The log's table: partitioned by month, insert only, times set by the database.

`at` and `xid` are defaults of columns that no role may write, so a forged time is refused.
"""

from typing import ClassVar

from django.db import migrations, models

_TABLE = [
    """
    create table entry (
      client_id uuid not null references client (id),
      id uuid not null,
      at timestamptz not null default clock_timestamp(),
      xid xid8 not null default pg_current_xact_id(),
      position bigint,
      event text not null,
      allowed boolean not null,
      object_kind text not null default '',
      object_id uuid,
      person_id uuid,
      leaf bytea not null check (octet_length(leaf) = 32),
      core bytea,
      private bytea,
      primary key (client_id, at, id)
    ) partition by range (at)
    """,
    "create table entry_rest partition of entry default",
    "create index entry_newest on entry (client_id, id desc)",
    "create index entry_object on entry (client_id, object_id, id desc)",
    "create index entry_person on entry (client_id, person_id, id desc)",
]
# Months are made ahead by the worker, with its owner's rights; a month that was not made lands in entry_rest.
_MONTHS = [
    """
    create function app.make_entry_months(ahead integer) returns integer
    language plpgsql security definer set search_path = app, pg_temp as $$
    declare
      first date; made integer := 0;
    begin
      for i in 0 .. least(ahead, 24) loop
        first := (date_trunc('month', now() at time zone 'UTC') + make_interval(months => i))::date;
        if to_regclass(format('app.entry_%s', to_char(first, 'YYYYMM'))) is null
           and not exists (select 1 from entry_rest where at >= first and at < first + interval '1 month') then
          execute format('create table entry_%s partition of entry for values from (%L) to (%L)',
            to_char(first, 'YYYYMM'), first::timestamp at time zone 'UTC',
            (first + interval '1 month')::timestamp at time zone 'UTC');
          made := made + 1;
        end if;
      end loop;
      return made;
    end $$
    """,
    "revoke all on function app.make_entry_months(integer) from public",
    "grant execute on function app.make_entry_months(integer) to muniment_job",
    "select app.make_entry_months(12)",
]
_GUARDS = [
    # What may change later: the position, once; a sealed part and the person, to nothing (retention, erasure).
    """
    create function app.keep_entry() returns trigger language plpgsql set search_path = app, pg_temp as $$
    begin
      if (new.client_id, new.id, new.at, new.xid, new.event, new.allowed, new.object_kind, new.leaf)
           is distinct from
         (old.client_id, old.id, old.at, old.xid, old.event, old.allowed, old.object_kind, old.leaf)
         or new.object_id is distinct from old.object_id
         or (old.position is not null and new.position is distinct from old.position)
         or (new.person_id is not null and new.person_id is distinct from old.person_id)
         or (new.core is not null and new.core is distinct from old.core)
         or (new.private is not null and new.private is distinct from old.private)
      then raise exception 'an entry of the log does not change' using errcode = 'insufficient_privilege';
      end if;
      return new;
    end $$
    """,
    "create trigger keep before update on entry for each row execute function app.keep_entry()",
    "create trigger no_delete before delete on entry for each row execute function app.deny_change()",
    "create trigger no_truncate before truncate on entry for each statement execute function app.deny_change()",
]
_RIGHTS = [
    "alter table entry enable row level security",
    "alter table entry force row level security",
    "create policy grow on entry for insert to muniment_app, muniment_job with check (client_id = (select app.cid()))",
    "create policy read on entry for select to muniment_auditor using (client_id = (select app.cid()))",
    "grant insert (client_id, id, event, allowed, object_kind, object_id, person_id, leaf, core, private) "
    "on entry to muniment_app, muniment_job",
    "grant select on entry to muniment_auditor",
]


class Migration(migrations.Migration):
    """The log."""

    initial = True
    dependencies: ClassVar = [("clients", "0001_walls"), ("vault", "0001_keys")]
    operations: ClassVar = [
        *(
            migrations.RunSQL(sql=step, reverse_sql=migrations.RunSQL.noop)
            for step in (_TABLE, _MONTHS, _GUARDS, _RIGHTS)
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("client_id", models.UUIDField()),
                ("at", models.DateTimeField()),
                ("event", models.TextField()),
                ("allowed", models.BooleanField()),
                ("object_kind", models.TextField()),
                ("object_id", models.UUIDField(null=True)),
                ("person_id", models.UUIDField(null=True)),
                ("leaf", models.BinaryField()),
                ("core", models.BinaryField(null=True)),
                ("private", models.BinaryField(null=True)),
            ],
            options={"db_table": "entry", "managed": False},
        ),
    ]

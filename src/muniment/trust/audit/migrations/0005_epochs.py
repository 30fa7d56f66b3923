"""Epochs: after a restore every log goes on under a new name, and what it was before stays known.

A log that comes out of a backup may be shorter than what its readers have seen. Under its old name it would sign a
second history. The host alone begins an epoch, in the owner's role, before the portal serves anybody.
"""

from typing import ClassVar

from django.db import migrations, models

_TABLES = [
    """
    create table client_epoch (
      client_id uuid not null references client_tree (client_id),
      number integer not null check (number >= 0),
      origin text not null,
      size bigint not null check (size >= 0),
      root bytea not null check (octet_length(root) = 32),
      ended_at timestamptz not null default clock_timestamp(),
      primary key (client_id, number)
    )
    """,
    """
    create table register_epoch (
      number integer primary key check (number >= 0),
      origin text not null,
      size bigint not null check (size >= 0),
      root bytea not null check (octet_length(root) = 32),
      ended_at timestamptz not null default clock_timestamp()
    )
    """,
    *(
        statement
        for table in ("client_epoch", "register_epoch")
        for statement in (
            f"create trigger keep before update or delete on {table} for each row execute function app.deny_change()",
            f"create trigger no_truncate before truncate on {table} for each statement "
            "execute function app.deny_change()",
        )
    ),
    # The name changes once the end of the log under its old one is written down, and at no other time.
    """
    create or replace function app.keep_tree() returns trigger language plpgsql set search_path = app, pg_temp as $$
    declare
      ended boolean := false;
    begin
      if new.origin <> old.origin then
        execute format('select exists (select from %I where origin = $1 and size = $2)',
          replace(tg_table_name, '_tree', '_epoch')) into ended using old.origin, old.size;
      end if;
      if (new.origin <> old.origin and not ended) or new.size < old.size
      then raise exception 'a tree only grows' using errcode = 'insufficient_privilege';
      end if;
      return new;
    end $$
    """,
]
_RIGHTS = [
    "alter table client_epoch enable row level security",
    "alter table client_epoch force row level security",
    "create policy one_client on client_epoch for select to muniment_app, muniment_job, muniment_auditor "
    "using (client_id = (select app.cid()))",
    "grant select on client_epoch to muniment_app, muniment_job, muniment_auditor",
    "grant select on register_epoch to muniment_auditor",
    "create policy definer_begins on client_epoch to muniment_definer using (true) with check (true)",
    "create policy definer_begins on client_tree for update to muniment_definer using (true) with check (true)",
    "create policy definer_begins on client_head for select to muniment_definer using (true)",
    "create policy definer_begins on client_key for select to muniment_definer using (true)",
    "grant select, insert on client_epoch, register_epoch to muniment_definer",
    "grant select (client_id, origin, size), update (origin) on client_tree to muniment_definer",
    "grant select (id, origin, size), update (origin) on register_tree to muniment_definer",
    "grant select (client_id, size, root) on client_head to muniment_definer",
    "grant select (size, root) on register_head to muniment_definer",
    "grant select (client_id) on client_key to muniment_definer",
    "grant select (size), update (size) on confirmer to muniment_definer",
]
# A client whose key was destroyed takes no entry any more: its log stays as it is, and nothing is signed for it again.
_BEGIN = [
    """
    create function app.begin_epochs() returns bigint language plpgsql security definer
    set search_path = app, pg_temp as $$
    declare
      begun bigint;
    begin
      perform pg_advisory_xact_lock(hashtext('muniment/sequencer'));
      insert into register_epoch (number, origin, size, root)
        select (select count(*) from register_epoch), t.origin, t.size, coalesce(h.root, sha256(''))
        from register_tree t left join register_head h on h.size = t.size;
      update register_tree set origin = app.new_origin('muniment-register');
      insert into client_epoch (client_id, number, origin, size, root)
        select t.client_id, (select count(*) from client_epoch e where e.client_id = t.client_id), t.origin, t.size,
          coalesce(h.root, sha256(''))
        from client_tree t left join client_head h on h.client_id = t.client_id and h.size = t.size
        where exists (select from client_key k where k.client_id = t.client_id);
      get diagnostics begun = row_count;
      update client_tree t set origin = app.new_origin('muniment')
        where exists (select from client_epoch e where e.client_id = t.client_id and e.origin = t.origin);
      update confirmer set size = 0;
      return begun;
    end $$
    """,
    "alter function app.begin_epochs() owner to muniment_definer",
    "set local role muniment_definer",
    "revoke all on function app.begin_epochs() from public",
    "grant execute on function app.begin_epochs() to muniment_owner",
    "reset role",
]


class Migration(migrations.Migration):
    """The former names of logs."""

    dependencies: ClassVar = [("audit", "0004_rehash"), ("vault", "0006_log_key")]
    operations: ClassVar = [
        *(migrations.RunSQL(sql=step, reverse_sql=migrations.RunSQL.noop) for step in (_TABLES, _RIGHTS, _BEGIN)),
        *(
            migrations.CreateModel(name=name, fields=fields, options={"db_table": table, "managed": False})
            for name, table, fields in (
                (
                    "ClientEpoch",
                    "client_epoch",
                    [
                        ("pk", models.CompositePrimaryKey("client_id", "number")),
                        ("client_id", models.UUIDField()),
                        ("number", models.IntegerField()),
                        ("origin", models.TextField()),
                        ("size", models.BigIntegerField()),
                        ("root", models.BinaryField()),
                        ("ended_at", models.DateTimeField()),
                    ],
                ),
                (
                    "RegisterEpoch",
                    "register_epoch",
                    [
                        ("number", models.IntegerField(primary_key=True, serialize=False)),
                        ("origin", models.TextField()),
                        ("size", models.BigIntegerField()),
                        ("root", models.BinaryField()),
                        ("ended_at", models.DateTimeField()),
                    ],
                ),
            )
        ),
    ]

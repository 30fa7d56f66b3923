"""Trees over the entries: one for each client's log, and the register of their heads.

The sequencer numbers entries and grows the trees in its own role; everybody else reads at most. It sees whose an
entry is, when it was made and its leaf: no event, no person, no sealed part.
"""

from typing import ClassVar

from django.db import migrations, models

_ENTRIES = [
    "alter table entry add column core_commitment bytea check (octet_length(core_commitment) = 32)",
    "alter table entry add column private_commitment bytea check (octet_length(private_commitment) = 32)",
    # Entries from before have none of the two; of all others the leaf is what the commitments say.
    "alter table entry add constraint entry_leaf_commits check ((core_commitment is null) = (private_commitment is null)"
    " and leaf = coalesce(sha256('\\x00'::bytea || convert_to('muniment-entry-v1', 'UTF8') || '\\x00'::bytea"
    " || core_commitment || private_commitment), leaf))",
    "alter table entry add constraint entry_position_counts check (position >= 0)",
    "create index entry_pending on entry (client_id, id) where position is null",
    "create index entry_position on entry (client_id, position) where position is not null",
    "drop policy grow on entry",
    "create policy grow on entry for insert to muniment_app, muniment_job "
    "with check (client_id = (select app.cid()) and core_commitment is not null)",
    "grant insert (core_commitment, private_commitment) on entry to muniment_app, muniment_job",
    """
    create or replace function app.keep_entry() returns trigger language plpgsql set search_path = app, pg_temp as $$
    begin
      if (new.client_id, new.id, new.at, new.xid, new.event, new.allowed, new.object_kind, new.leaf)
           is distinct from
         (old.client_id, old.id, old.at, old.xid, old.event, old.allowed, old.object_kind, old.leaf)
         or new.object_id is distinct from old.object_id
         or new.core_commitment is distinct from old.core_commitment
         or new.private_commitment is distinct from old.private_commitment
         or (old.position is not null and new.position is distinct from old.position)
         or (new.person_id is not null and new.person_id is distinct from old.person_id)
         or (new.core is not null and new.core is distinct from old.core)
         or (new.private is not null and new.private is distinct from old.private)
      then raise exception 'an entry of the log does not change' using errcode = 'insufficient_privilege';
      end if;
      return new;
    end $$
    """,
]
_TABLES = [
    # 130 random bits that nobody chooses: the name of a log says nothing about whose it is.
    """
    create function app.new_origin(kind text) returns text language sql volatile set search_path = app, pg_temp as $$
      select kind || '/' || string_agg(substr('abcdefghijklmnopqrstuvwxyz234567', (get_byte(r.b, i) & 31) + 1, 1), '')
      from (select sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())) as b offset 0) r,
        generate_series(0, 25) i
    $$
    """,
    """
    create table client_tree (
      client_id uuid primary key references client (id),
      origin text not null default app.new_origin('muniment'),
      size bigint not null default 0 check (size >= 0)
    )
    """,
    """
    create table client_tile (
      client_id uuid not null references client_tree (client_id),
      level smallint not null check (level between 0 and 7),
      n bigint not null check (n >= 0),
      hashes bytea not null check (octet_length(hashes) between 32 and 8192 and octet_length(hashes) % 32 = 0),
      primary key (client_id, level, n)
    )
    """,
    """
    create table client_head (
      client_id uuid not null references client_tree (client_id),
      size bigint not null check (size > 0),
      root bytea not null check (octet_length(root) = 32),
      note text not null,
      register_index bigint not null check (register_index >= 0),
      signed_at timestamptz not null default clock_timestamp(),
      primary key (client_id, size)
    )
    """,
    "create unique index client_head_register on client_head (client_id, register_index)",
    """
    create table register_tree (
      id smallint primary key default 1 check (id = 1),
      origin text not null default app.new_origin('muniment-register'),
      size bigint not null default 0 check (size >= 0)
    )
    """,
    """
    create table register_tile (
      level smallint not null check (level between 0 and 7),
      n bigint not null check (n >= 0),
      hashes bytea not null check (octet_length(hashes) between 32 and 8192 and octet_length(hashes) % 32 = 0),
      primary key (level, n)
    )
    """,
    """
    create table register_head (
      size bigint primary key check (size > 0),
      root bytea not null check (octet_length(root) = 32),
      note text not null,
      signed_at timestamptz not null default clock_timestamp()
    )
    """,
    "alter table client_tile alter column hashes set storage external",  # hashes do not compress
    "alter table register_tile alter column hashes set storage external",
    "insert into register_tree default values",
]
_GUARDS = [
    """
    create function app.keep_tree() returns trigger language plpgsql set search_path = app, pg_temp as $$
    begin
      if new.origin <> old.origin or new.size < old.size
      then raise exception 'a tree only grows' using errcode = 'insufficient_privilege';
      end if;
      return new;
    end $$
    """,
    """
    create function app.keep_tile() returns trigger language plpgsql set search_path = app, pg_temp as $$
    begin
      if substr(new.hashes, 1, octet_length(old.hashes)) <> old.hashes
      then raise exception 'a tree only grows' using errcode = 'insufficient_privilege';
      end if;
      return new;
    end $$
    """,
    *(
        f"create trigger keep before update on {table}_{part} for each row execute function app.{function}()"
        for table in ("client", "register")
        for part, function in (("tree", "keep_tree"), ("tile", "keep_tile"), ("head", "deny_change"))
    ),
    *(
        statement
        for table in ("client_tree", "client_tile", "client_head", "register_tree", "register_tile", "register_head")
        for statement in (
            f"create trigger no_delete before delete on {table} for each row execute function app.deny_change()",
            f"create trigger no_truncate before truncate on {table} for each statement "
            "execute function app.deny_change()",
        )
    ),
]
_RIGHTS = [
    *(
        statement
        for table in ("client_tree", "client_tile", "client_head")
        for statement in (
            f"alter table {table} enable row level security",
            f"alter table {table} force row level security",
            f"create policy one_client on {table} for select to muniment_app, muniment_job, muniment_auditor "
            "using (client_id = (select app.cid()))",
            f"create policy desk on {table} for select to muniment_desk using (client_id in "  # noqa: S608 - a table's name
            "(select m.client_id from membership m where m.person_id = (select app.pid()) and m.ended_at is null))",
            f"create policy sequence on {table} to muniment_sequencer using (true) with check (true)",
            f"grant select on {table} to muniment_app, muniment_job, muniment_auditor, muniment_desk",
        )
    ),
    # A promise names the log before its first entry was numbered: whoever promises may begin the tree, and no more.
    "create policy begin on client_tree for insert to muniment_app, muniment_job "
    "with check (client_id = (select app.cid()) and size = 0)",
    "grant insert (client_id) on client_tree to muniment_app, muniment_job, muniment_sequencer",
    "grant select on client_tree, client_tile, client_head, register_tree, register_tile, register_head "
    "to muniment_sequencer",
    "grant update (size) on client_tree, register_tree to muniment_sequencer",
    "grant insert (client_id, level, n, hashes), update (hashes) on client_tile to muniment_sequencer",
    "grant insert (level, n, hashes), update (hashes) on register_tile to muniment_sequencer",
    "grant insert (client_id, size, root, note, register_index) on client_head to muniment_sequencer",
    "grant insert (size, root, note) on register_head to muniment_sequencer",
    "grant select on register_tree, register_tile, register_head to muniment_auditor",
    "create policy sequence on entry for select to muniment_sequencer using (true)",
    "create policy number on entry for update to muniment_sequencer using (position is null) with check (true)",
    "grant select (client_id, id, at, xid, position, leaf), update (position) on entry to muniment_sequencer",
]
# Counts and times alone leave this function: how much waits for a number, since when, and how much has one.
_LAG = [
    "create policy definer_counts on entry for select to muniment_definer using (true)",
    "create policy definer_counts on client_tree for select to muniment_definer using (true)",
    "grant select (position, at) on entry to muniment_definer",
    "grant select (size) on client_tree to muniment_definer",
    "create function app.log_facts(out pending bigint, out oldest timestamptz, out trees bigint, out entries bigint) "
    "language sql stable security definer set search_path = app, pg_temp "
    "begin atomic select (select count(*) from app.entry e where e.position is null), "
    "(select min(e.at) from app.entry e where e.position is null), "
    "(select count(*) from app.client_tree), (select coalesce(sum(t.size), 0)::bigint from app.client_tree t); end",
    "alter function app.log_facts() owner to muniment_definer",
    "revoke all on function app.log_facts() from public",
    "grant execute on function app.log_facts() to muniment_app, muniment_job",
]


class Migration(migrations.Migration):
    """The trees."""

    dependencies: ClassVar = [("audit", "0001_entries"), ("clients", "0001_walls")]
    operations: ClassVar = [
        *(
            migrations.RunSQL(sql=step, reverse_sql=migrations.RunSQL.noop)
            for step in (_ENTRIES, _TABLES, _GUARDS, _RIGHTS, _LAG)
        ),
        *(
            migrations.CreateModel(name=name, fields=fields, options={"db_table": table, "managed": False})
            for name, table, fields in (
                (
                    "ClientTree",
                    "client_tree",
                    [
                        ("client_id", models.UUIDField(primary_key=True, serialize=False)),
                        ("origin", models.TextField()),
                        ("size", models.BigIntegerField()),
                    ],
                ),
                (
                    "ClientTile",
                    "client_tile",
                    [
                        ("pk", models.CompositePrimaryKey("client_id", "level", "n")),
                        ("client_id", models.UUIDField()),
                        ("level", models.SmallIntegerField()),
                        ("n", models.BigIntegerField()),
                        ("hashes", models.BinaryField()),
                    ],
                ),
                (
                    "ClientHead",
                    "client_head",
                    [
                        ("pk", models.CompositePrimaryKey("client_id", "size")),
                        ("client_id", models.UUIDField()),
                        ("size", models.BigIntegerField()),
                        ("root", models.BinaryField()),
                        ("note", models.TextField()),
                        ("register_index", models.BigIntegerField()),
                        ("signed_at", models.DateTimeField()),
                    ],
                ),
                (
                    "RegisterTree",
                    "register_tree",
                    [
                        ("id", models.SmallIntegerField(primary_key=True, serialize=False)),
                        ("origin", models.TextField()),
                        ("size", models.BigIntegerField()),
                    ],
                ),
                (
                    "RegisterTile",
                    "register_tile",
                    [
                        ("pk", models.CompositePrimaryKey("level", "n")),
                        ("level", models.SmallIntegerField()),
                        ("n", models.BigIntegerField()),
                        ("hashes", models.BinaryField()),
                    ],
                ),
                (
                    "RegisterHead",
                    "register_head",
                    [
                        ("size", models.BigIntegerField(primary_key=True, serialize=False)),
                        ("root", models.BinaryField()),
                        ("note", models.TextField()),
                        ("signed_at", models.DateTimeField()),
                    ],
                ),
            )
        ),
    ]

"""Keyed tokens of what can be found, and the functions that look past the row policies to use their index.

Under row security a comparison of arrays may not use an index, because it could leak what it compares. So the
functions run as the definer and filter by the bound client, or by the person's memberships, themselves.
"""

from typing import ClassVar

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import muniment.core.clock
import muniment.core.ids
from muniment.core.db import rls

_TOKENS = [
    # Tokens are noise: compressing them costs time and saves nothing.
    "alter table indexed_thing alter column tokens set storage external",
    # Without the list of pending entries: every search would have to read it to its end.
    "create index indexed_tokens on indexed_thing using gin (client_id, tokens) with (fastupdate = off)",
    "create policy definer_reads on indexed_thing for select to muniment_definer using (true)",
    "create policy definer_reads_own on membership for select to muniment_definer "
    "using (person_id = (select app.pid()))",
    "grant select on indexed_thing, membership to muniment_definer",
]

# The newest things are looked at one by one: words that are common are found there. What is missing then is rare
# enough for the index, whose answer has to be sorted. `offset 0` leaves the index on tokens as the only way in:
# going through all of a client's things and reading their tokens would be the slowest of all.
_MATCH = """
create function app.match_indexed(
    of_client uuid, of_sort text, of_kind text, names bigint[], words bigint[], places uuid[], things uuid[],
    before_at timestamptz, before_id uuid, most int
)
returns table (id uuid, ranked_at timestamptz, has_words boolean)
language plpgsql stable
set search_path = app, pg_temp set enable_seqscan = off set jit = off
as $$
#variable_conflict use_column
declare
    walk constant int := 200;
    walked int := 0;
    found int := 0;
    near record;
    end_at timestamptz := coalesce(before_at, 'infinity');
    end_id uuid := coalesce(before_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
begin
    names := nullif(names, '{}');
    words := nullif(words, '{}');
    if names is null and words is null then
        return;
    end if;
    for near in
        select t.id, t.ranked_at, coalesce(t.tokens @> words, false) as has_words,
            coalesce(t.tokens @> names, false) as has_name,
            t.sort = of_sort and (of_kind = '' or t.kind = of_kind) and (
                places is null or t.place_id in (select unnest(places)) or t.id in (select unnest(things))
            ) as is_within
        from indexed_thing t
        where t.client_id = of_client and t.ranked_at <= end_at and (t.ranked_at, t.id) < (end_at, end_id)
        order by t.ranked_at desc, t.id desc
        limit walk
    loop
        walked := walked + 1;
        end_at := near.ranked_at;
        end_id := near.id;
        if near.is_within and (near.has_words or near.has_name) then
            id := near.id;
            ranked_at := near.ranked_at;
            has_words := near.has_words;
            return next;
            found := found + 1;
            if found >= most then
                return;
            end if;
        end if;
    end loop;
    if walked < walk then
        return;
    end if;
    return query
    select hit.id, max(hit.ranked_at), bool_or(hit.has_words)
    from (
        (
            select m.id, m.ranked_at, true as has_words
            from (
                select t.client_id, t.id, t.sort, t.kind, t.place_id, t.ranked_at
                from indexed_thing t where t.tokens @> words offset 0
            ) m
            where m.client_id = of_client and m.sort = of_sort and (of_kind = '' or m.kind = of_kind)
                and (m.ranked_at, m.id) < (end_at, end_id)
                and (places is null or m.place_id in (select unnest(places)) or m.id in (select unnest(things)))
            order by m.ranked_at desc, m.id desc
            limit most - found
        )
        union all
        (
            select m.id, m.ranked_at, false
            from (
                select t.client_id, t.id, t.sort, t.kind, t.place_id, t.ranked_at
                from indexed_thing t where t.tokens @> names offset 0
            ) m
            where m.client_id = of_client and m.sort = of_sort and (of_kind = '' or m.kind = of_kind)
                and (m.ranked_at, m.id) < (end_at, end_id)
                and (places is null or m.place_id in (select unnest(places)) or m.id in (select unnest(things)))
            order by m.ranked_at desc, m.id desc
            limit most - found
        )
    ) hit
    group by hit.id
    order by 2 desc, 1 desc
    limit most - found;
end
$$
"""
_FIND = """
create function app.find_indexed(
    of_sort text, of_kind text, names bigint[], words bigint[], places uuid[], things uuid[],
    before_at timestamptz, before_id uuid, most int
)
returns table (id uuid, ranked_at timestamptz, has_words boolean)
language sql stable security definer set search_path = app, pg_temp
as $$
    select * from app.match_indexed(
        app.cid(), of_sort, of_kind, names, words, places, things, before_at, before_id, most
    )
$$
"""
_FIND_ACROSS = """
create function app.find_indexed_across(
    wanted jsonb, of_sort text, of_kind text, before_at timestamptz, before_id uuid, most int
)
returns table (client_id uuid, id uuid, ranked_at timestamptz, has_words boolean)
language sql stable security definer set search_path = app, pg_temp
as $$
    select m.client_id, hit.id, hit.ranked_at, hit.has_words
    from jsonb_array_elements(wanted) one
    join membership m on m.client_id = (one ->> 'client')::uuid and m.person_id = app.pid() and m.ended_at is null
    cross join lateral app.match_indexed(
        m.client_id, of_sort, of_kind,
        array(select value::bigint from jsonb_array_elements_text(one -> 'names')),
        array(select value::bigint from jsonb_array_elements_text(one -> 'words')),
        null, null, before_at, before_id, most
    ) hit
    order by hit.ranked_at desc, hit.id desc
    limit most
$$
"""
_FUNCTIONS = [
    _MATCH,
    _FIND,
    _FIND_ACROSS,
    "revoke execute on function app.match_indexed from public",
    "revoke execute on function app.find_indexed from public",
    "revoke execute on function app.find_indexed_across from public",
    "grant execute on function app.find_indexed to muniment_app, muniment_job",
    "grant execute on function app.find_indexed_across to muniment_desk",
    "alter function app.match_indexed owner to muniment_definer",
    "alter function app.find_indexed owner to muniment_definer",
    "alter function app.find_indexed_across owner to muniment_definer",
]


def _identifier():
    return ("id", models.UUIDField(default=muniment.core.ids.new, editable=False, primary_key=True, serialize=False))


def _client():
    return (
        "client",
        models.ForeignKey(
            db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clients.client"
        ),
    )


class Migration(migrations.Migration):
    """The index of sealed names and texts."""

    dependencies: ClassVar = [("vault", "0002_stores")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="ClientIndex",
            fields=[
                _identifier(),
                ("sealed_key", models.BinaryField(null=True)),
                ("began_at", models.DateTimeField(default=muniment.core.clock.now)),
                ("switched_off_at", models.DateTimeField(null=True)),
                _client(),
            ],
            options={
                "db_table": "client_index",
                "constraints": (
                    models.UniqueConstraint(fields=("client",), name="one_index_a_client"),
                    models.CheckConstraint(
                        condition=models.Q(("sealed_key", None), ("switched_off_at__isnull", False))
                        | models.Q(("sealed_key__isnull", False), ("switched_off_at", None)),
                        name="index_key_while_on",
                    ),
                ),
            },
        ),
        migrations.CreateModel(
            name="IndexedThing",
            fields=[
                _identifier(),
                ("sort", models.TextField()),
                ("kind", models.TextField(default="")),
                ("place_id", models.UUIDField(null=True)),
                ("ranked_at", models.DateTimeField()),
                ("edition", models.PositiveIntegerField()),
                ("rules", models.PositiveSmallIntegerField()),
                ("state", models.TextField()),
                ("tokens", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField())),
                (
                    "shared",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list),
                ),
                _client(),
            ],
            options={
                "db_table": "indexed_thing",
                "indexes": [models.Index(fields=["client", "-ranked_at", "-id"], name="indexed_newest")],
                "constraints": (
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("waiting", "whole", "cut", "too-large", "unreadable", "no-text"))
                        ),
                        name="indexed_state",
                    ),
                ),
            },
        ),
        rls.protect("client_index", rights="select, insert, update"),
        rls.protect("indexed_thing"),
        migrations.RunSQL(sql=_TOKENS, reverse_sql=migrations.RunSQL.noop),
        migrations.RunSQL(sql=_FUNCTIONS, reverse_sql=migrations.RunSQL.noop),
    ]

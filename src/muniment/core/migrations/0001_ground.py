"""Lay the functions every policy uses, and the table behind the shared cache."""

from typing import ClassVar

from django.db import migrations

_FUNCTIONS = [
    # Unset or empty means null, and null equals nothing: an unbound transaction sees no row.
    "create function app.cid() returns uuid language sql stable parallel safe "
    "return nullif(current_setting('app.client_id', true), '')::uuid",
    "create function app.pid() returns uuid language sql stable parallel safe "
    "return nullif(current_setting('app.person_id', true), '')::uuid",
    "create function app.deny_change() returns trigger language plpgsql set search_path = app as $$ "
    "begin raise exception '% only grows', tg_table_name using errcode = 'insufficient_privilege'; end $$",
]
_CACHE = [
    # Unlogged: counters and short-lived values that a crash may forget. Lock-outs are not kept here.
    "create unlogged table cache_entry (key text primary key, value jsonb not null, expires_at timestamptz not null)",
    "create index cache_entry_expires_at on cache_entry (expires_at)",
]


class Migration(migrations.Migration):
    """The first migration of all."""

    initial = True
    dependencies: ClassVar = []
    operations: ClassVar = [
        migrations.RunSQL(sql=_FUNCTIONS, reverse_sql=migrations.RunSQL.noop),
        migrations.RunSQL(sql=_CACHE, reverse_sql=migrations.RunSQL.noop),
    ]

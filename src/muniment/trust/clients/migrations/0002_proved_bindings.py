"""Let a transaction be bound by proof alone: what statements can set for themselves counts for nothing.

`app.bind` takes a proof made with a key of the portal's processes, looks whether the person belongs to the client or
to the firm, and seals the binding for this one transaction and role. `app.cid()` and `app.pid()`, and so every row
policy, know nothing without a true seal. Replaced in place: the policies go on pointing at them.
"""

from typing import ClassVar

from django.db import migrations

_KEYS = [
    # One row. HMAC's two blocks instead of each key, because PostgreSQL itself has SHA-256 and no HMAC.
    "create table binding_key (one boolean primary key default true check (one), "
    + ", ".join(
        f"{name} bytea not null check (octet_length({name}) = 64)"
        for name in ("proof_inner", "proof_outer", "seal_inner", "seal_outer")
    )
    + ")",
    "grant select on binding_key to muniment_definer",
    "grant select on membership to muniment_definer",
    "create policy definer_binds on membership for select to muniment_definer using (true)",
]
# Null says that the transaction is bound; a number, that it is bound to nothing, and which connection a proof must fit:
# behind a pooler nobody else can tell.
# Each function is one statement: PL/pgSQL sets up every further expression anew in every transaction.
# Both hashes are hashed again before they are compared: how long a comparison takes then tells nothing of a seal.
_BIND = """
create function app.bind(client uuid, person uuid, taken_role text, proof bytea) returns int
language plpgsql security definer set search_path = app, pg_temp
as $$
declare
    is_proved boolean;
    taken text;
begin
    select v.is_proved, set_config('app.binding', case
        when v.is_proved is not true then ''
        when client is null or person is null or exists (
            select from membership m where m.person_id = person and m.ended_at is null
                and m.client_id in (client, (select c.id from client c where c.kind = 'firm'))
        )
        then v.body || encode(sha256(k.seal_outer || sha256(k.seal_inner || timestamptz_send(now())
            || convert_to(v.body || coalesce(nullif(taken_role, ''), 'none'), 'UTF8'))), 'hex')
        else '' end, true)
    into is_proved, taken
    from binding_key k, lateral (
        select replace(n.client_id::text || n.person_id::text, '-', '') as body,
            sha256(proof) = sha256(sha256(k.proof_outer || sha256(
                k.proof_inner || int4send(pg_backend_pid()) || uuid_send(n.client_id) || uuid_send(n.person_id)
                || convert_to(taken_role, 'UTF8')))) as is_proved
        from (select coalesce(client, nobody) as client_id, coalesce(person, nobody) as person_id
              from (select '00000000-0000-0000-0000-000000000000'::uuid as nobody) z offset 0) n
        offset 0
    ) v;
    return case when is_proved then null else pg_backend_pid() end;
end
$$
"""
# 1 is the place of the client, 33 that of the person, 65 that of the seal. The clock of a transaction is its own:
# a seal copied from another one, before or beside it, is not true here. Workers of a parallel query have the same.
_BOUND = """
create function app.bound(place int) returns uuid
language plpgsql stable parallel safe security definer set search_path = app, pg_temp
as $$
begin
    return (
        select nullif(substr(s.said, place, 32), '00000000000000000000000000000000')::uuid
        from binding_key k, (select current_setting('app.binding', true) as said offset 0) s
        where length(s.said) = 128
            and sha256(convert_to(substr(s.said, 65), 'UTF8')) = sha256(convert_to(encode(sha256(
                k.seal_outer || sha256(k.seal_inner || timestamptz_send(now())
                || convert_to(left(s.said, 64) || current_setting('role'), 'UTF8'))
            ), 'hex'), 'UTF8'))
    );
end
$$
"""
_FUNCTIONS = [
    _BIND,
    _BOUND,
    "create or replace function app.cid() returns uuid language sql stable parallel safe return app.bound(1)",
    "create or replace function app.pid() returns uuid language sql stable parallel safe return app.bound(33)",
    "revoke execute on function app.bind, app.bound from public",
    "grant execute on function app.bind, app.bound to muniment_owner, muniment_app, muniment_job, muniment_desk, "
    "muniment_auditor, muniment_sequencer",
    "alter function app.bind owner to muniment_definer",
    "alter function app.bound owner to muniment_definer",
]


class Migration(migrations.Migration):
    """From here on a binding needs a proof."""

    dependencies: ClassVar = [("clients", "0001_walls"), ("core", "0005_queue_rights")]
    operations: ClassVar = [
        migrations.RunSQL(sql=_KEYS, reverse_sql=migrations.RunSQL.noop),
        migrations.RunSQL(sql=_FUNCTIONS, reverse_sql=migrations.RunSQL.noop),
    ]

"""Ask PostgreSQL's own catalogues whether every wall stands; a problem stops the start, the deploy and the tests."""

from django.db import connection

from muniment.core.db.walls import GLOBAL_TABLES, SEQUENCED_TABLES

_TABLES = """
select c.relname, c.relrowsecurity, c.relforcerowsecurity, c.relowner::regrole::text,
  coalesce((select a.attnotnull from pg_attribute a
            where a.attrelid = c.oid and a.attname = 'client_id' and not a.attisdropped), false),
  coalesce((select array_agg(p.polname::text) from pg_policy p where p.polrelid = c.oid and p.polpermissive
    and not p.polroles <@ array(select oid from pg_roles where rolname = 'muniment_definer')
    and not (c.relname = any(%s) and p.polroles <@ array(select oid from pg_roles where rolname = 'muniment_sequencer'))
    and not exists (select 1 from pg_depend d where d.classid = 'pg_policy'::regclass and d.objid = p.oid
      and d.refclassid = 'pg_proc'::regclass
      and d.refobjid in (to_regprocedure('app.cid()'), to_regprocedure('app.pid()')))), '{}'),
  exists (select 1 from pg_policy p where p.polrelid = c.oid)
from pg_class c
where c.relnamespace = 'app'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
order by 1
"""
_INDEXES = """
select c.relname, i.indexrelid::regclass::text
from pg_index i join pg_class c on c.oid = i.indrelid
where c.relnamespace = 'app'::regnamespace and not c.relispartition
  and exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'client_id' and not a.attisdropped)
  and (select a.attname from pg_attribute a where a.attrelid = c.oid and a.attnum = i.indkey[0])
    is distinct from 'client_id'
"""
_RIGHTS_ON_PARTITIONS = """
select c.relname from pg_class c
where c.relnamespace = 'app'::regnamespace and c.relispartition and (
  has_table_privilege('muniment_app', c.oid, 'select, insert, update, delete')
  or has_table_privilege('muniment_job', c.oid, 'select, insert, update, delete'))
"""
_LOOSE_REFERENCES = """
select con.conrelid::regclass::text, con.conname from pg_constraint con
where con.contype = 'f' and con.connamespace = 'app'::regnamespace
  and exists (select 1 from pg_attribute a where a.attrelid = con.conrelid and a.attname = 'client_id')
  and exists (select 1 from pg_attribute a where a.attrelid = con.confrelid and a.attname = 'client_id')
  and not (select a.attnum from pg_attribute a where a.attrelid = con.confrelid and a.attname = 'client_id')
      = any (con.confkey)
"""
_ROLES = """
select rolname from pg_roles where rolname like 'muniment\\_%%' and rolname not in ('muniment_super')
  and (rolsuper or rolbypassrls or rolcreaterole or rolreplication
       or (rolcreatedb and rolname <> 'muniment_owner'))
"""
_VIEWS = """
select relname, relkind::text from pg_class where relnamespace = 'app'::regnamespace and (relkind = 'm' or
  (relkind = 'v' and not coalesce(reloptions::text like '%%security_invoker=true%%', false)))
"""
_DEFINERS = """
select p.oid::regprocedure::text from pg_proc p where p.pronamespace = 'app'::regnamespace and p.prosecdef
  and (p.proconfig is null or not exists (select 1 from unnest(p.proconfig) c where c like 'search_path=%%'))
"""
_OPEN_FUNCTIONS = """
select p.oid::regprocedure::text from pg_proc p,
  lateral aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
where p.pronamespace = 'app'::regnamespace and p.prosecdef and p.prorettype <> 'trigger'::regtype and a.grantee = 0
"""
# `cid` and `pid` must go through `bound`, which must be the definer's: nobody else may read what seals a binding.
_READERS = """
select r.rolname from pg_roles r where r.rolname like 'muniment\\_%%'
  and r.rolname not in ('muniment_super', 'muniment_owner', 'muniment_definer')
  and has_any_column_privilege(r.oid, 'app.binding_key', 'select')
"""
_MAKERS = """
select r.rolname from pg_roles r where r.rolname in ('muniment_app', 'muniment_job')
  and (has_database_privilege(r.oid, current_database(), 'temporary')
       or has_database_privilege(r.oid, current_database(), 'create'))
"""
_UNSEALED = """
select name from unnest(array['app.cid()', 'app.pid()']) name where not exists (
  select 1 from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = to_regprocedure(name)
    and d.refclassid = 'pg_proc'::regclass and d.refobjid = to_regprocedure('app.bound(int)'))
"""
_STRANGERS = """
select p.oid::regprocedure::text from pg_proc p
where p.oid in (to_regprocedure('app.bound(int)'), to_regprocedure('app.bind(uuid, uuid, text, bytea)'))
  and (not p.prosecdef or p.proowner::regrole::text <> 'muniment_definer')
"""


def problems() -> list[str]:
    """Return a sentence for every gap in the walls of the connected database; empty when all stand."""
    found: list[str] = []
    with connection.cursor() as cursor:
        cursor.execute(_TABLES, [sorted(SEQUENCED_TABLES)])
        for name, enabled, forced, owner, has_client, loose, has_policy in cursor.fetchall():
            found += _table_problems(
                name,
                enabled=enabled,
                forced=forced,
                owner=owner,
                has_client=has_client,
                loose=loose,
                has_policy=has_policy,
            )
        checks = (
            (_INDEXES, "{0}: index {1} does not lead with client_id"),
            (_RIGHTS_ON_PARTITIONS, "{0}: a partition is reachable without its parent's policies"),
            (_LOOSE_REFERENCES, "{0}: {1} may point at a row of another client"),
            (_ROLES, "role {0} may do more than the portal needs"),
            (_VIEWS, "{0}: a view that does not apply the reader's policies"),
            (_DEFINERS, "{0}: a function with its owner's rights and an open search_path"),
            (_OPEN_FUNCTIONS, "{0}: a function with its owner's rights that everybody may call"),
            (_READERS, "role {0} may read the keys of bindings"),
            (_MAKERS, "role {0} may make tables of its own, which statements of others would meet"),
            (_UNSEALED, "{0}: asks no seal before it says who is bound"),
            (_STRANGERS, "{0}: does not belong to muniment_definer alone"),
        )
        for sql, sentence in checks:
            cursor.execute(sql)
            found += [sentence.format(*row) for row in cursor.fetchall()]
    return found


def _table_problems(
    name: str, *, enabled: bool, forced: bool, owner: str, has_client: bool, loose: list[str], has_policy: bool
) -> list[str]:
    found = []
    if owner != "muniment_owner":
        found.append(f"{name}: owned by {owner}")
    if name in GLOBAL_TABLES:
        return found
    if not has_client:
        found.append(f"{name}: neither a client's table (client_id not null) nor on the reviewed list of global tables")
    if not (enabled and forced):
        found.append(f"{name}: row security is not forced")
    if not has_policy:
        found.append(f"{name}: no row policy")
    found += [f"{name}: policy {policy} does not depend on the bound client or person" for policy in loose]
    return found

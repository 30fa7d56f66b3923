"""A client that was closed signs nobody in."""

from typing import ClassVar

from django.db import migrations

_OPEN = [
    "drop function app.provider_of(text[])",
    "create function app.provider_of(names text[], out client_id uuid, out provider_id uuid) "
    "language sql stable security definer set search_path = app, pg_temp "
    "begin atomic select p.client_id, p.id from app.provider p "
    "join app.provider_domain d on d.client_id = p.client_id and d.provider_id = p.id "
    "join app.client c on c.id = p.client_id "
    "where d.name = any(names) and d.proved_at is not null and p.removed_at is null and p.state in ('on', 'enforced') "
    "and c.closed_at is null limit 1; end",
    "alter function app.provider_of(text[]) owner to muniment_definer",
    "set local role muniment_definer",  # rights to a function are its owner's to give
    "revoke all on function app.provider_of(text[]) from public",
    "grant execute on function app.provider_of(text[]) to muniment_app, muniment_job",
    "reset role",
]


class Migration(migrations.Migration):
    """Who signs in a domain, asked of clients that are open alone."""

    dependencies: ClassVar = [("federation", "0004_groups")]
    operations: ClassVar = [migrations.RunSQL(sql=_OPEN, reverse_sql=migrations.RunSQL.noop)]

"""A proof that is not found any more: since when, and since when its domain counts for nobody new."""

from typing import ClassVar

from django.db import migrations, models

_RIGHTS = [
    "alter function app.provider_of(text[]) owner to muniment_definer",
    "alter function app.domain_is_proved(text[]) owner to muniment_definer",
    "set local role muniment_definer",  # rights to a function are its owner's to give
    "revoke all on function app.provider_of(text[]), app.domain_is_proved(text[]) from public",
    "grant execute on function app.provider_of(text[]), app.domain_is_proved(text[]) to muniment_app, muniment_job",
    "reset role",
]
_LAPSES = [
    "grant select (lapsed_at) on provider_domain to muniment_definer",
    "drop function app.provider_of(text[])",
    "drop function app.domain_is_proved(text[])",
    # Who proved it anew goes before whose proof lapsed: a domain that changed hands is its new owner's.
    "create function app.provider_of(names text[], out client_id uuid, out provider_id uuid) "
    "language sql stable security definer set search_path = app, pg_temp "
    "begin atomic select p.client_id, p.id from app.provider p "
    "join app.provider_domain d on d.client_id = p.client_id and d.provider_id = p.id "
    "join app.client c on c.id = p.client_id "
    "where d.name = any(names) and d.proved_at is not null and p.removed_at is null and p.state in ('on', 'enforced') "
    "and c.closed_at is null order by d.lapsed_at is not null, d.proved_at desc limit 1; end",
    "create function app.domain_is_proved(names text[]) returns boolean "
    "language sql volatile security definer set search_path = app, pg_temp "
    "begin atomic select pg_advisory_xact_lock(hashtext('provider_domain')); "
    "select exists (select 1 from app.provider_domain d join app.client c on c.id = d.client_id "
    "where d.name = any(names) and d.proved_at is not null and d.lapsed_at is null and c.closed_at is null); end",
    *_RIGHTS,
]


class Migration(migrations.Migration):
    """Two moments of a domain, and the functions that ask for the second."""

    dependencies: ClassVar = [("federation", "0006_proved_once")]
    operations: ClassVar = [
        migrations.AddField(model_name="domain", name="missed_at", field=models.DateTimeField(null=True)),
        migrations.AddField(model_name="domain", name="lapsed_at", field=models.DateTimeField(null=True)),
        migrations.RunSQL(sql=_LAPSES, reverse_sql=migrations.RunSQL.noop),
    ]

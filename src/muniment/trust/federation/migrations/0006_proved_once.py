"""A domain is proved by one client at a time: asked of a function, for no index may tell clients apart by a name."""

from typing import ClassVar

from django.db import migrations

_TAKEN = [
    # Tells one thing of a name: whether a client that is open has proved it. Who proves one waits for who proves another.
    "create function app.domain_is_proved(names text[]) returns boolean "
    "language sql volatile security definer set search_path = app, pg_temp "
    "begin atomic select pg_advisory_xact_lock(hashtext('provider_domain')); "
    "select exists (select 1 from app.provider_domain d join app.client c on c.id = d.client_id "
    "where d.name = any(names) and d.proved_at is not null and c.closed_at is null); end",
    "alter function app.domain_is_proved(text[]) owner to muniment_definer",
    "set local role muniment_definer",  # rights to a function are its owner's to give
    "revoke all on function app.domain_is_proved(text[]) from public",
    "grant execute on function app.domain_is_proved(text[]) to muniment_app, muniment_job",
    "reset role",
]


class Migration(migrations.Migration):
    """One function in the place of a constraint."""

    dependencies: ClassVar = [("federation", "0005_open_clients")]
    operations: ClassVar = [
        migrations.RemoveConstraint(model_name="domain", name="provider_domain_proved_once"),
        migrations.RunSQL(sql=_TAKEN, reverse_sql=migrations.RunSQL.noop),
    ]

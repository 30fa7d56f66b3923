"""Let one look cover the logs of several clients: those that the bound person holds log:read in, and no other.

The right is asked of the grants by the policy itself, so a mistake in the list of clients shows nothing more. It stands
here, above the log, because it rests on grants; the policy of grants in turn rests on running memberships.
"""

from typing import ClassVar

from django.db import migrations

_STEPS = [
    "grant select on role_action to muniment_desk",
    "grant select on entry to muniment_desk",
    "create policy desk on entry for select to muniment_desk using (client_id in ("
    "select g.client_id from access_grant g join role_action a on a.role_id = g.role_id "
    "where a.verb = 'log:read' and g.scope_kind = 'client' and g.person_id = (select app.pid()) "
    "and g.starts_at <= now() and (g.ends_at is null or g.ends_at > now())))",
]


class Migration(migrations.Migration):
    """The desk's way to the logs."""

    dependencies: ClassVar = [("access", "0006_health_verb"), ("audit", "0002_trees")]
    operations: ClassVar = [
        migrations.RunSQL(sql=_STEPS, reverse_sql=migrations.RunSQL.noop),
    ]

"""Let the health page know whether the worker lives and keeps up, without seeing what it works on."""

from typing import ClassVar

from django.db import migrations

_FACTS = [
    # Counts and times alone leave this function: neither the name of a job nor its arguments.
    "grant select (last_heartbeat) on procrastinate_workers to muniment_definer",
    "grant select (id, status, scheduled_at) on procrastinate_jobs to muniment_definer",
    "grant select (job_id, type, at) on procrastinate_events to muniment_definer",
    "create function app.work_facts(out seen_at timestamptz, out due bigint, out oldest_at timestamptz, "
    "out failed bigint) language sql stable security definer set search_path = app, pg_temp as $$ "
    "select (select max(last_heartbeat) from procrastinate_workers), count(d.id), min(d.since), "
    "(select count(*) from procrastinate_jobs where status = 'failed') "
    "from (select j.id, coalesce(j.scheduled_at, (select min(e.at) from procrastinate_events e "
    "where e.job_id = j.id and e.type = 'deferred')) as since from procrastinate_jobs j "
    "where j.status = 'todo' and coalesce(j.scheduled_at, now()) <= now()) d $$",
    "alter function app.work_facts() owner to muniment_definer",
    "revoke all on function app.work_facts() from public",
    "grant execute on function app.work_facts() to muniment_app, muniment_job",
]


class Migration(migrations.Migration):
    """A function that counts."""

    dependencies: ClassVar = [("core", "0002_jobs")]
    operations: ClassVar = [migrations.RunSQL(sql=_FACTS, reverse_sql="drop function app.work_facts()")]

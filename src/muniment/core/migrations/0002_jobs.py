"""Let the web role hand over background work without being able to read or change what is queued."""

from typing import ClassVar

from django.db import migrations

_DEFER = [
    "alter function procrastinate_defer_jobs_v1(procrastinate_job_to_defer_v1[]) "
    "security definer set search_path = app, pg_temp",
]


class Migration(migrations.Migration):
    """Runs after the queue's own tables exist."""

    dependencies: ClassVar = [("core", "0001_ground"), ("procrastinate", "0041_post_retry_failed_job")]
    operations: ClassVar = [migrations.RunSQL(sql=_DEFER, reverse_sql=migrations.RunSQL.noop)]

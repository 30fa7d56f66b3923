"""Work is queued by the web and the worker, and by nobody else who has an account in the database."""

from typing import ClassVar

from django.db import migrations

_RIGHTS = [
    "revoke all on function procrastinate_defer_jobs_v1(procrastinate_job_to_defer_v1[]) from public",
    "grant execute on function procrastinate_defer_jobs_v1(procrastinate_job_to_defer_v1[]) "
    "to muniment_app, muniment_job",
]


class Migration(migrations.Migration):
    """The rights."""

    dependencies: ClassVar = [("core", "0004_work_facts_rights")]
    operations: ClassVar = [migrations.RunSQL(sql=_RIGHTS, reverse_sql=migrations.RunSQL.noop)]

"""Let the worker alone ask whose logs went on and for whom mails are due: no page needs to know."""

from typing import ClassVar

from django.db import migrations

_SQL = [
    "set local role muniment_definer",  # rights to a function are its owner's to take
    "revoke execute on function app.logs_to_follow(integer), app.notices_to_mail(timestamptz, integer) "
    "from muniment_app",
    "reset role",
]


class Migration(migrations.Migration):
    """The web role may not call them any more."""

    dependencies: ClassVar = [("notices", "0001_notices")]
    operations: ClassVar = [migrations.RunSQL(sql=_SQL, reverse_sql=migrations.RunSQL.noop)]

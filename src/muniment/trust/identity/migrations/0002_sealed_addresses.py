"""Make room for sealed addresses in the sign-in library's table: ciphertext is longer than an address."""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    """Runs after the sign-in library's own tables exist."""

    dependencies: ClassVar = [
        ("identity", "0001_people"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]
    operations: ClassVar = [
        migrations.RunSQL(
            sql="alter table account_emailaddress alter column email type text", reverse_sql=migrations.RunSQL.noop
        ),
    ]

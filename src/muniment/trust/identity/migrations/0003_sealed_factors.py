"""Make room for sealed factors in the sign-in library's table: bytes instead of JSON.

Rows there are stay as they are, with their secrets sealed inside, and are sealed whole when they next change.
"""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    """One column changes its type."""

    dependencies: ClassVar = [("identity", "0002_sealed_addresses")]
    operations: ClassVar = [
        migrations.RunSQL(
            sql="alter table mfa_authenticator alter column data type bytea using convert_to(data::text, 'UTF8')",
            reverse_sql=migrations.RunSQL.noop,
        ),
    ]

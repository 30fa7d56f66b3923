"""The language and the time zone that a person chose."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Two columns."""

    dependencies: ClassVar = [("identity", "0008_mailing")]
    operations: ClassVar = [
        migrations.AddField("Person", "language", models.TextField(default="")),
        migrations.AddField("Person", "zone", models.TextField(default="")),
    ]

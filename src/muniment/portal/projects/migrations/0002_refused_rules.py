"""Why the last run of a rule was refused, and when: it is not tried again every few minutes."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """A rule that was refused before will be tried once more, and then keeps why."""

    dependencies: ClassVar = [("projects", "0001_projects")]
    operations: ClassVar = [
        migrations.AddField("Rule", "refused_at", models.DateTimeField(null=True)),
        migrations.AddField("Rule", "refused", models.TextField(default="")),
    ]

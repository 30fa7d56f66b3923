"""What groups of a provider gave somebody, and by which names it can sign them out."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Two lists for each person that a provider knows."""

    dependencies: ClassVar = [("federation", "0003_directory")]
    operations: ClassVar = [
        migrations.AddField(model_name="known", name="granted", field=models.JSONField(default=list)),
        migrations.AddField(model_name="known", name="sessions", field=models.JSONField(default=list)),
    ]

"""Labels of folders and documents, and folders that are closed to grants from around them."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q

LABELS = ("public", "normal", "confidential", "restricted", "internal")


class Migration(migrations.Migration):
    """What was there before is normal, and open."""

    dependencies: ClassVar = [("documents", "0001_documents")]

    operations: ClassVar = [
        migrations.AddField("folder", "label", models.TextField(default="normal")),
        migrations.AddField("folder", "is_closed", models.BooleanField(default=False)),
        migrations.AddField("document", "label", models.TextField(default="normal")),
        migrations.AddConstraint("folder", models.CheckConstraint(condition=Q(label__in=LABELS), name="folder_label")),
        migrations.AddConstraint(
            "document", models.CheckConstraint(condition=Q(label__in=LABELS), name="document_label")
        ),
    ]

"""The key that signs the log turns as the others do."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """One more word for what a rotation turns; the key itself is made after the migrations, like the others."""

    dependencies: ClassVar = [("vault", "0005_vetting")]
    operations: ClassVar = [
        migrations.RemoveConstraint("turning", "turning_what"),
        migrations.AddConstraint(
            "turning",
            models.CheckConstraint(
                condition=models.Q(("what__in", ["root", "people", "signing", "log", "client", "clients"])),
                name="turning_what",
            ),
        ),
    ]

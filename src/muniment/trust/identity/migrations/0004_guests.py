"""The addresses of guests, who come by one link and have no account."""

from typing import ClassVar

from django.db import migrations, models

import muniment.trust.vault.fields


class Migration(migrations.Migration):
    """A table beside that of people."""

    dependencies: ClassVar = [("identity", "0003_sealed_factors")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Guest",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("email", muniment.trust.vault.fields.PeopleEmail(editable=True)),
            ],
            options={"db_table": "guest"},
        ),
    ]

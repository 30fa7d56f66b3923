"""What became of each mail, and addresses from which mails come back."""

from typing import ClassVar

from django.db import migrations, models

import muniment.trust.vault.fields


class Migration(migrations.Migration):
    """States of mails, and of the addresses of people."""

    dependencies: ClassVar = [("identity", "0007_second_steps")]
    operations: ClassVar = [
        migrations.AddField("letter", "kind", models.TextField(default="account")),
        migrations.AlterField(
            "letter",
            "message",
            muniment.trust.vault.fields.PeopleJSON(editable=True, null=True),
        ),
        migrations.AddField("letter", "tried_at", models.DateTimeField(null=True)),
        migrations.AddField("letter", "failed_at", models.DateTimeField(null=True)),
        migrations.AddField("letter", "trouble", models.TextField(default="")),
        migrations.AddField("letter", "dropped_at", models.DateTimeField(null=True)),
        migrations.AddField("letter", "dropped_by", models.UUIDField(null=True)),
        migrations.AddField("letter", "drop_reason", muniment.trust.vault.fields.PeopleText(editable=True, null=True)),
        migrations.AddIndex(
            "letter",
            models.Index(
                condition=models.Q(("dropped_at", None), ("sent_at", None)), fields=["id"], name="letter_open"
            ),
        ),
        migrations.AddIndex("letter", models.Index(fields=["created_at"], name="letter_created")),
        migrations.AddField("person", "bounced_at", models.DateTimeField(null=True)),
        migrations.AddField("person", "bounce_code", models.TextField(default="")),
    ]

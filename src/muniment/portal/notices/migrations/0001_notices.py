"""Notices, how far each log was followed, and what people chose to get by mail."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import muniment.core.clock
import muniment.core.ids
from muniment.core.db import rls

_ID = ("id", models.UUIDField(default=muniment.core.ids.new, editable=False, primary_key=True, serialize=False))
_CLIENT = (
    "client",
    models.ForeignKey(
        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clients.client"
    ),
)
_BEHIND = [
    # Ids of clients alone leave this function: whose logs went on since people were last told.
    "grant select (client_id) on client_tree to muniment_definer",
    "create policy definer_reads on notice_cursor for select to muniment_definer using (true)",
    "grant select (client_id, position) on notice_cursor to muniment_definer",
    "create function app.logs_to_follow(most integer) returns setof uuid "
    "language sql stable security definer set search_path = app, pg_temp "
    "begin atomic select t.client_id from app.client_tree t left join app.notice_cursor c on c.client_id = t.client_id "
    "where t.size > coalesce(c.position, 0) limit most; end",
    "alter function app.logs_to_follow(integer) owner to muniment_definer",
    # And here ids of people and clients: for whom mails are due, and where.
    "create policy definer_reads on notice for select to muniment_definer using (true)",
    "grant select (client_id, person_id, mail_at, mailed_at) on notice to muniment_definer",
    "create function app.notices_to_mail(moment timestamptz, most integer) "
    "returns table (person_id uuid, client_id uuid) "
    "language sql stable security definer set search_path = app, pg_temp "
    "begin atomic select n.person_id, n.client_id from app.notice n "
    "where n.mailed_at is null and n.mail_at is not null and n.mail_at <= moment "
    "group by n.person_id, n.client_id order by n.person_id limit most; end",
    "alter function app.notices_to_mail(timestamptz, integer) owner to muniment_definer",
    "set local role muniment_definer",  # rights to a function are its owner's to give
    "revoke all on function app.logs_to_follow(integer), app.notices_to_mail(timestamptz, integer) from public",
    "grant execute on function app.logs_to_follow(integer), app.notices_to_mail(timestamptz, integer) "
    "to muniment_app, muniment_job",
    "reset role",
]
_FROM_NOW_ON = [
    # What happened before there were notices is no news: logs that are there already are followed from their end.
    "create policy definer_begins on notice_cursor for insert to muniment_definer with check (true)",
    "grant insert on notice_cursor to muniment_definer",
    "set local role muniment_definer",
    "insert into notice_cursor (id, client_id, position) select gen_random_uuid(), client_id, size from client_tree",
    "reset role",
    "revoke insert on notice_cursor from muniment_definer",
    "drop policy definer_begins on notice_cursor",
]


class Migration(migrations.Migration):
    """The tables of notices."""

    initial = True
    dependencies: ClassVar = [("clients", "0001_walls"), ("audit", "0002_trees"), ("identity", "0001_people")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Notice",
            fields=[
                _ID,
                ("person_id", models.UUIDField()),
                ("entry_id", models.UUIDField()),
                ("kind", models.TextField()),
                ("event", models.TextField()),
                ("by_id", models.UUIDField(null=True)),
                ("url", models.TextField()),
                ("at", models.DateTimeField()),
                ("made_at", models.DateTimeField(default=muniment.core.clock.now)),
                ("read_at", models.DateTimeField(null=True)),
                ("mail_at", models.DateTimeField(null=True)),
                ("mailed_at", models.DateTimeField(null=True)),
                _CLIENT,
            ],
            options={
                "db_table": "notice",
                "constraints": (
                    models.UniqueConstraint(
                        fields=("client", "entry_id", "person_id"), name="one_notice_an_entry_a_person"
                    ),
                ),
                "indexes": [
                    models.Index(fields=["client", "person_id", "-id"], name="notice_of_person"),
                    models.Index(
                        condition=models.Q(("read_at", None)), fields=["client", "person_id"], name="notice_unread"
                    ),
                    models.Index(
                        condition=models.Q(("mail_at__isnull", False), ("mailed_at", None)),
                        fields=["client", "person_id", "mail_at"],
                        name="notice_to_mail",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NoticeCursor",
            fields=[_ID, ("position", models.BigIntegerField(default=0)), _CLIENT],
            options={
                "db_table": "notice_cursor",
                "constraints": (models.UniqueConstraint(fields=("client",), name="one_notice_cursor"),),
            },
        ),
        migrations.CreateModel(
            name="NoticeHabits",
            fields=[
                ("person_id", models.UUIDField(primary_key=True, serialize=False)),
                ("daily_hour", models.PositiveSmallIntegerField(default=8)),
                ("quiet_from", models.PositiveSmallIntegerField(null=True)),
                ("quiet_until", models.PositiveSmallIntegerField(null=True)),
            ],
            options={
                "db_table": "notice_habits",
                "constraints": (
                    models.CheckConstraint(
                        condition=models.Q(
                            ("daily_hour__lt", 24),
                            models.Q(
                                models.Q(("quiet_from", None), ("quiet_until", None)),
                                models.Q(("quiet_from__lt", 24), ("quiet_until__lt", 24)),
                                _connector="OR",
                            ),
                        ),
                        name="notice_hours_of_a_day",
                    ),
                ),
            },
        ),
        migrations.CreateModel(
            name="NoticeChoice",
            fields=[
                _ID,
                ("person_id", models.UUIDField()),
                ("kind", models.TextField()),
                ("how", models.TextField()),
            ],
            options={
                "db_table": "notice_choice",
                "constraints": (
                    models.UniqueConstraint(fields=("person_id", "kind"), name="one_notice_choice"),
                    models.CheckConstraint(
                        condition=models.Q(("how__in", ("at-once", "hourly", "daily", "never"))),
                        name="notice_choice_how",
                    ),
                ),
            },
        ),
        migrations.CreateModel(
            name="NoticeStop",
            fields=[
                _ID,
                ("person_id", models.UUIDField()),
                ("kind", models.TextField()),
                ("secret_hash", models.BinaryField(unique=True)),
                ("made_at", models.DateTimeField(db_index=True, default=muniment.core.clock.now)),
            ],
            options={"db_table": "notice_stop"},
        ),
        rls.protect("notice"),
        rls.protect("notice_cursor", rights="select, insert, update"),
        migrations.RunSQL(sql=_BEHIND, reverse_sql=migrations.RunSQL.noop),
        migrations.RunSQL(sql=_FROM_NOW_ON, reverse_sql=migrations.RunSQL.noop),
    ]

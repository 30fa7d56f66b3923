"""What is measured about the whole installation; what one app alone knows, it declares itself."""

from collections.abc import Mapping

from django.db import connection

from muniment.assurance.monitoring import looks, parts, queries
from muniment.core import clock
from muniment.core.health import TOPICS
from muniment.core.metrics import declare_metric


def declare() -> None:
    """Declare them."""
    declare_metric(
        "muniment_alarms", "gauge", "Alarms that are red, by what they are about.", labels={"topic": TOPICS}, look=_red
    )
    declare_metric(
        "muniment_part_up",
        "gauge",
        "1 for each part that the supervisor runs, 0 while it is down.",
        labels={"part": tuple(parts.NAMES)},
        look=_parts,
        needs_database=False,
    )
    declare_metric(
        "muniment_certificate_days",
        "gauge",
        "Days until the certificate of the portal ends.",
        look=_days,
        needs_database=False,
    )
    declare_metric(
        "muniment_database_connections",
        "gauge",
        "Connections to the database, by state.",
        labels={"state": ("active", "idle", "waiting")},
        look=_connections,
    )
    declare_metric("muniment_database_connections_max", "gauge", "Connections the database allows.", look=_most)
    declare_metric("muniment_database_bytes", "gauge", "The size of the database, in bytes.", look=_size)


def _red() -> Mapping[str, float]:
    found = dict.fromkeys(map(str, TOPICS), 0.0)
    for alarm in queries.open_alarms():
        found[alarm.topic] = found.get(alarm.topic, 0.0) + 1
    return found


def _parts() -> Mapping[str, float] | None:
    told = parts.told()
    return {part.name: float(part.is_running) for part in told[0]} if told else None


def _days() -> float | None:
    ends = looks.certificate_ends()
    return (ends - clock.now()).total_seconds() / 86400 if ends else None


def _connections() -> Mapping[str, float]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select case when wait_event_type = 'Lock' then 'waiting' when state = 'active' then 'active' "
            "else 'idle' end, count(*) from pg_stat_activity where datname = current_database() group by 1"
        )
        return {"active": 0.0, "idle": 0.0, "waiting": 0.0, **{state: float(n) for state, n in cursor.fetchall()}}


def _most() -> float:
    return _number("select setting from pg_settings where name = 'max_connections'")


def _size() -> float:
    return _number("select pg_database_size(current_database())")


def _number(sql: str) -> float:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        ((found,),) = cursor.fetchall()
        return float(found)

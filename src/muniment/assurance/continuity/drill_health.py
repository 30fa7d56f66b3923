"""Look at drills: whether one was held lately, whether it passed, and what it measured."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from django.utils.translation import gettext as _

from muniment.assurance.continuity.health import kind_of_whole
from muniment.assurance.continuity.queries.backups import first_backup_at
from muniment.assurance.continuity.queries.drills import last_drill
from muniment.core import clock, config
from muniment.core.health import HealthLine
from muniment.core.metrics import declare_metric

NAME: Final = "Drills"
OVERDUE: Final = timedelta(days=9)  # one is due every seven


def drills() -> Iterator[HealthLine]:
    """Tell whether the newest backup was proved to come back, within what was promised."""
    present = config.current()
    first_at = first_backup_at()
    if present.repository is None or present.database_url is not None or kind_of_whole() != "base" or first_at is None:
        return
    last, now = last_drill(), clock.now()
    if last is not None and last.state == "failed":
        todo = _("Look at the page of drills which check failed, mend it, and hold a drill with `muniment drill`.")
        yield HealthLine(NAME, "bad", _("The newest drill failed: the backup does not come back as it should."), todo)
    elif now - (last.started_at if last else first_at) > OVERDUE:
        days = (now - (last.started_at if last else first_at)).days
        todo = _("Hold one with `muniment drill`; it says what keeps it from beginning, such as too little room.")
        yield HealthLine(NAME, "bad", _("No drill was held for %(n)s days.") % {"n": days}, todo)
    elif last is None:
        yield HealthLine(NAME, "good", _("The first drill is held in the days to come."))
    else:
        found = {"loss": round(last.loss_seconds or 0), "recovery": round(last.recovery_seconds or 0)}
        sentence = _("The newest drill lost %(loss)s seconds of work and took %(recovery)s seconds.") % found
        yield HealthLine(NAME, "good", sentence)


def declare_numbers() -> None:
    """Let programs read what the newest drill measured, and what was promised."""

    def age() -> float | None:
        last = last_drill()
        return (clock.now() - last.started_at).total_seconds() if last else None

    def measured(name: str) -> float | None:
        last = last_drill()
        return getattr(last, name) if last else None

    for name, help_, look in (
        ("muniment_drill_age_seconds", "How long ago the newest drill was begun", age),
        ("muniment_drill_loss_seconds", "What the newest drill lost", lambda: measured("loss_seconds")),
        ("muniment_drill_recovery_seconds", "How long the newest drill took", lambda: measured("recovery_seconds")),
    ):
        declare_metric(name, "gauge", help_, look=look)
    declare_metric(
        "muniment_drill_rto_seconds",
        "gauge",
        "How long a recovery may take at most.",
        look=lambda: config.current().rto_minutes * 60.0,
        needs_database=False,
    )

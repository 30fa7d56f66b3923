"""What the supervisor says of the programs it looks after, and whether it still says anything."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from muniment.assurance.monitoring.types import PartFacts
from muniment.core import clock, config
from muniment.core.health import HealthLine

FILE: Final = "parts.json"
SILENT: Final = timedelta(seconds=25)  # the supervisor writes every five seconds
START_SECONDS: Final = 15  # the monitor may have died with the others, and needs a moment itself
NAMES: Final = {
    "database": noop("Database server"),
    "server": noop("Web server"),
    "worker": noop("Worker process"),
    "redirect": noop("Redirect to HTTPS"),
    "continuity": noop("Backup agent"),
    "monitor": noop("Monitor"),
}


def parts() -> Iterator[HealthLine]:
    """Tell which parts are down, or were a moment ago: one that comes back at once may do so again and again."""
    found = told()
    if found is None:
        return
    known, at = found
    if clock.now() - at > SILENT:
        yield HealthLine(
            "Supervisor",
            "bad",
            _("The supervisor has been silent since %(time)s UTC: what dies is not started again.")
            % {"time": f"{at:%H:%M:%S}"},
            _("Look whether the machine is overloaded. If it stays so, stop the portal and start it again."),
        )
    else:
        yield HealthLine("Supervisor", "good", _("The supervisor looks after %(n)s parts.") % {"n": len(known)})
    for part in known:
        yield _line(part)


def told() -> tuple[list[PartFacts], datetime] | None:
    """Return the parts and when the supervisor last wrote; None where nobody supervises."""
    try:
        found = json.loads((config.current().watch / FILE).read_text(encoding="ascii"))
        return [PartFacts.of(part) for part in found["parts"]], datetime.fromisoformat(found["at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def is_ready() -> bool:
    """Tell whether the start is over: before that, nothing is wrong with what does not answer yet."""
    try:
        return bool(json.loads((config.current().watch / FILE).read_text(encoding="ascii"))["ready"])
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _line(part: PartFacts) -> HealthLine:
    name = NAMES.get(part.name, part.name)
    held = timedelta(seconds=2 * config.current().alarm_seconds + START_SECONDS)
    todo = _(
        "The supervisor starts it again by itself, later and later while it keeps dying. The end of its log in the "
        "data directory says why; `muniment check` looks at what it needs."
    )
    if not part.is_running:
        return HealthLine(name, "bad", _("It is not running."), todo)
    if part.died_at is not None and clock.now() - part.died_at < held:
        sentence = _("It ended without being asked to at %(time)s UTC, and was started again.")
        return HealthLine(name, "bad", sentence % {"time": f"{part.died_at:%H:%M:%S}"}, todo)
    return HealthLine(name, "good", _("It runs."))

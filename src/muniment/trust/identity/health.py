"""Look at the mails that wait."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from django.utils.translation import gettext as _

from muniment.core import clock, config
from muniment.core.health import HealthLine, State
from muniment.core.metrics import declare_metric
from muniment.trust.access import queries as access
from muniment.trust.identity import countries
from muniment.trust.identity.queries.letters import mail_state
from muniment.trust.identity.strength import ranges

LATE: Final = timedelta(minutes=30)
OLD: Final = timedelta(days=90)  # addresses move between countries


def mails() -> Iterator[HealthLine]:
    """Tell whether mails go out, and how many wait since when."""
    state = mail_state()
    if state.failed or state.bounced:
        sentence = _("%(failed)s mails were given up, and mails to %(bounced)s people come back.") % {
            "failed": state.failed,
            "bounced": state.bounced,
        }
        yield HealthLine("Mails that do not arrive", "notice", sentence, _("Mails sent says which, and why."))
    if not state.server:
        if not config.current().demo:
            yield HealthLine(
                "Mail server",
                "bad",
                _("None is set (MUNIMENT_SMTP_URL): mails lie sealed in the data directory."),
                _("Name a mail server with MUNIMENT_SMTP_URL and start the portal again: what waits is sent then."),
            )
        else:
            yield HealthLine("Mail server", "good", _("This is a demo: its mails are shown here and leave no machine."))
        return
    if state.oldest_at is None:
        yield HealthLine("Mails", "good", _("No mail waits."))
        return
    minutes = int((clock.now() - state.oldest_at).total_seconds() // 60)
    late = clock.now() - state.oldest_at > LATE
    sentence = _("%(n)s mails wait, the oldest for %(minutes)s minutes; the most tried was tried %(tries)s times.") % {
        "n": state.waiting,
        "minutes": minutes,
        "tries": state.tries,
    }
    todo = _("Mails sent says why. Look whether the mail server answers, and whether the worker runs.")
    yield HealthLine("Mails", "bad" if late else "good", sentence, todo if late else "")


def declare_numbers() -> None:
    """Declare what is measured about mails."""
    declare_metric("muniment_mails_waiting", "gauge", "Mails that wait.", look=lambda: mail_state().waiting)
    declare_metric("muniment_mails_failed", "gauge", "Mails that were given up.", look=lambda: mail_state().failed)
    declare_metric(
        "muniment_mails_oldest_seconds",
        "gauge",
        "How long the oldest mail that waits has waited.",
        look=_oldest_seconds,
    )


def _oldest_seconds() -> float:
    oldest = mail_state().oldest_at
    return max(0.0, (clock.now() - oldest).total_seconds()) if oldest else 0.0


def known_countries() -> Iterator[HealthLine]:
    """Tell whether the country of an address can be known, where conditions ask for it."""
    places, built = access.places_by_country(), countries.built_at()
    if built is None and places:
        sentence = _(
            "In %(n)s of the spaces conditions name countries, and no country is known: nobody gets in by them."
        ) % {"n": places}
        yield HealthLine("Countries", "bad", sentence, _("Set MUNIMENT_COUNTRIES to a database that can be read."))
    elif built is not None:
        days = (clock.now() - built).days
        state: State = "notice" if places and clock.now() - built > OLD else "good"
        sentence = _(
            "The database of countries is %(days)s days old; in %(n)s of the spaces conditions name countries."
        ) % {"days": days, "n": places}
        yield HealthLine("Countries", state, sentence)


def breached_passwords() -> Iterator[HealthLine]:
    """Tell whether the range source for breached passwords answers, where one is set."""
    if config.current().breached_passwords_url is None:
        return
    why = ranges.why_down()
    if why:
        sentence = _(
            "The list of breached passwords did not answer (%(why)s): the bundled lists count alone meanwhile."
        ) % {"why": why}
        yield HealthLine("Breached passwords", "notice", sentence)
    else:
        yield HealthLine("Breached passwords", "good", _("The list of breached passwords answered when last asked."))

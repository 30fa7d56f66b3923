"""Look at the mails that wait."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from muniment.core import clock, config
from muniment.core.health import HealthLine, State
from muniment.trust.access import queries as access
from muniment.trust.identity import countries
from muniment.trust.identity.queries.letters import mail_state
from muniment.trust.identity.strength import ranges

LATE: Final = timedelta(minutes=30)
OLD: Final = timedelta(days=90)  # addresses move between countries


def mails() -> Iterator[HealthLine]:
    """Tell whether mails go out, and how many wait since when."""
    state = mail_state()
    if not state.server:
        if not config.current().demo:
            yield HealthLine(
                "Mail server", "bad", "None is set (MUNIMENT_SMTP_URL): mails lie sealed in the data directory."
            )
        else:
            yield HealthLine("Mail server", "good", "This is a demo: its mails are shown here and leave no machine.")
        return
    if state.oldest_at is None:
        yield HealthLine("Mails", "good", "No mail waits.")
        return
    minutes = int((clock.now() - state.oldest_at).total_seconds() // 60)
    late = clock.now() - state.oldest_at > LATE
    sentence = (
        f"{state.waiting} mails wait, the oldest for {minutes} minutes; the most tried was tried {state.tries} times."
    )
    yield HealthLine("Mails", "bad" if late else "good", sentence)


def known_countries() -> Iterator[HealthLine]:
    """Tell whether the country of an address can be known, where conditions ask for it."""
    places, built = access.places_by_country(), countries.built_at()
    if built is None and places:
        sentence = (
            f"In {places} of the spaces conditions name countries, and no country is known: nobody gets in by them. "
            "Set MUNIMENT_COUNTRIES to a database that can be read."
        )
        yield HealthLine("Countries", "bad", sentence)
    elif built is not None:
        days = (clock.now() - built).days
        state: State = "notice" if places and clock.now() - built > OLD else "good"
        sentence = f"The database of countries is {days} days old; in {places} of the spaces conditions name countries."
        yield HealthLine("Countries", state, sentence)


def breached_passwords() -> Iterator[HealthLine]:
    """Tell whether the range source for breached passwords answers, where one is set."""
    if config.current().breached_passwords_url is None:
        return
    why = ranges.why_down()
    if why:
        sentence = f"The list of breached passwords did not answer ({why}): the bundled lists count alone meanwhile."
        yield HealthLine("Breached passwords", "notice", sentence)
    else:
        yield HealthLine("Breached passwords", "good", "The list of breached passwords answered when last asked.")

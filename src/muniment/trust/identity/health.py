"""Look at the mails that wait."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from muniment.core import clock, config
from muniment.core.health import HealthLine
from muniment.trust.identity.queries.letters import mail_state

LATE: Final = timedelta(minutes=30)


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

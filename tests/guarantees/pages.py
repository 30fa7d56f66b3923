"""Look through every page that somebody sees; one file for each person, so that workers share the work."""

from tests.guarantees.looking import Look
from tests.journeys.browser import chromium, come_in
from tests.live import Live


def looked_through(live: Live, who: str) -> Look:
    """Return what somebody sees who goes to every page that links lead to, in both themes and both widths."""
    with chromium() as browser, come_in(browser, live, who) as context:
        look = Look.at(context, live.data.with_name("looked-at"))

        look.walk("/", look.everything)
    return look

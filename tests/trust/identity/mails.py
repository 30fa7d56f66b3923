"""The mails that wait for somebody."""

import re

from muniment.trust.identity.models import Letter
from tests.trust.identity.browsers import person_id


def mails(who: str) -> list[tuple[str, str]]:
    """Return subject and body of somebody's mails, newest first; without the one from when they joined."""
    rows = Letter.objects.filter(person_id=person_id(who)).order_by("-id")
    found = [(row.message["subject"], row.message["body"]) for row in rows]
    return [mail for mail in found if not mail[0].startswith("An authenticator app was set up")]


def link(who: str, part: str) -> str:
    """Return the path of the link with `part` in it in the newest mail that has one."""
    for _subject, body in mails(who):
        found = re.search(rf"https://[^/\s]+(/\S*{part}\S*)", body)
        if found:
            return found[1]
    raise AssertionError(f"no mail of {who} has a link with {part}")

"""How many notices a second come of the log, set against inserting the same rows with plain SQL.

An entry is opened, whom it concerns is asked of the app, what each person chose is looked up, and the rows are written
with the cursor in one transaction; on the other side the same rows go in, as many in a statement, and nothing else.
"""

from bench import beside
from bench.portal import Portal
from bench.results import Result, compared

PEOPLE = (1, 10, 100)


def measure(portal: Portal, reader: str, people: tuple[int, ...] = PEOPLE) -> list[Result]:
    """Open a client, let as many people see a document, and follow its log, for each number of people."""
    email = portal.people()[reader]["email"]
    told: dict[str, dict[str, float]] = beside.ask(portal, "bench.notices_run", email, *people, role="job")
    return [
        compared(
            f"notices of an entry that concerns {count:,}",
            rates["followed"],
            "/s",
            "the same rows with plain SQL:",
            rates["inserted"],
        )
        for count, rates in sorted((int(count), rates) for count, rates in told.items())
    ]

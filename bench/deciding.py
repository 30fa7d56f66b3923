"""What access costs: a decision, a list, an explanation, and the part of a page that goes into deciding."""

from typing import Any

from bench import beside, listing
from bench.portal import Portal, Visitor
from bench.results import Result, compared

DOCUMENTS = 1_000_000
SERVED = (5, 500)
SHARE = "<= 0.2"


def measure(
    portal: Portal,
    visitor: Visitor,
    reader: str,
    contact: str,
    documents: int = DOCUMENTS,
    served: tuple[int, ...] = SERVED,
) -> list[Result]:
    """Fill a client, decide in it for a contact and an advisor, and set that against the same without conditions."""
    emails = [portal.people()[who]["email"] for who in (contact, reader)]
    (client,) = beside.ask(portal, "bench.filling", emails[1], documents)
    told: dict[str, Any] = beside.ask(portal, "bench.deciding_run", client, *emails, *served)
    page = listing._sample(portal, visitor, f"/{client}/documents/?rows=50", listing.PAGES)  # noqa: SLF001 - same bench
    return [*results_of(told, documents, served), _share(told["none"]["advisor"], page.processor)]


def results_of(told: dict[str, Any], documents: int, served: tuple[int, ...]) -> list[Result]:
    """Return what `bench.deciding_run` printed, as figures."""
    found = []
    for who in ("contact", "advisor"):
        none, conditions = told["none"][who], told["set"][who]
        alone = _wall(none, "grants alone")
        found += [
            compared(f"decision for a {who}", _wall(none, "decision"), "us", "grants alone", alone),
            compared(
                f"decision for a {who}, conditions set", _wall(conditions, "decision"), "us", "grants alone", alone
            ),
            compared(
                f"list of 50 among {documents:,} for a {who}, conditions set",
                _wall(conditions, "list"),
                "us",
                "without conditions",
                _wall(none, "list"),
            ),
            Result(f"who can see a document, for a {who}", _wall(none, "explained"), "us"),
        ]
    for wanted in served:
        many = told[f"advisor of {wanted}"]
        one = _wall(told["none"]["advisor"], "list")
        found.append(
            compared(f"list of 50 for an advisor of {wanted}", _wall(many, "list"), "us", "of one client", one)
        )
    return found


def _wall(told: dict[str, dict[str, float]], name: str) -> float:
    return told[name]["wall"]


def _share(told: dict[str, dict[str, float]], page_milliseconds: float) -> Result:
    """Return the web's processor time of a page's standing and decision, beside all that the page takes."""
    deciding = (told["standing"]["processor"] + told["decision"]["processor"]) / 1000
    return compared("access in a page of the list, CPU", deciding, "ms", "whole page", page_milliseconds, aim=SHARE)

"""What several pages about tickets show alike."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.portal.documents import actions as documents
from muniment.portal.documents import queries as known_documents
from muniment.portal.tickets import queries
from muniment.portal.tickets.forms import write_place
from muniment.portal.tickets.requests import ActorRequest
from muniment.portal.tickets.types import Side, TicketFacts, TicketPage, Wanted
from muniment.portal.tickets.words import STATES, kind_title, state_shown
from muniment.trust.identity import queries as identity


def side_of(actor: Actor) -> Side:
    """Return for which side a page is."""
    return "contact" if actor.kind == "contact" or actor.looking_as is not None else "staff"


def people_of(person_ids: Iterable[UUID | None]) -> dict[UUID | None, str]:
    """Return the names of people."""
    return {person.id: person.name for person in identity.people(person_ids).values()}


def rows_shown(actor: Actor, page: TicketPage, companies: dict[UUID, str] | None = None) -> list[dict[str, Any]]:
    """Return tickets as a list shows them; with `companies`, those of whose client it knows the name."""
    side, today = side_of(actor), clock.now().date()
    names = people_of({row.asked_by for row in page.rows} | {row.assignee_id for row in page.rows})
    return [
        {
            **facts_shown(row, side),
            "url": queries.ticket_url(row.client_id, row.id),
            "asked_by": names.get(row.asked_by, ""),
            "assignee": names.get(row.assignee_id, ""),
            "is_late": row.is_open and row.due_on is not None and row.due_on < today,
            "client": companies.get(row.client_id, "") if companies else "",
        }
        for row in page.rows
    ]


def facts_shown(row: TicketFacts, side: Side) -> dict[str, Any]:
    """Return one ticket in the words of a page."""
    return {
        "id": row.id,
        "number": row.number,
        "title": row.title,
        "kind": kind_title(row.kind),
        "moved_at": row.moved_at,
        "asked_at": row.asked_at,
        "due_on": row.due_on,
        "satisfied": row.satisfied,
        "version": row.version,
        **state_shown(row.state, side),
    }


def filters_shown(wanted: Wanted, side: Side) -> dict[str, Any]:
    """Return the choices above a list, and what is chosen."""
    states = [(state, words[1] if side == "staff" else words[2]) for state, words in STATES.items()]
    kinds = [(kind.name, kind_title(kind)) for kind in queries.kinds(with_retired=True)]
    return {
        "states": [("open", _("Open ones")), ("closed", _("Done and declined")), ("all", _("All")), *states],
        "kinds": [("", _("Every kind")), *kinds],
        "whose": [("", _("Whoever has it")), ("mine", _("Mine")), ("nobody", _("Nobody's yet"))],
        "filters": {"state": wanted.state or "all", "kind": wanted.kind, "who": wanted.who, "late": wanted.is_late},
        "filtered": (wanted.state, wanted.kind, wanted.who, wanted.is_late) != ("open", "", "", False),
    }


def older_url(request: ActorRequest, page: TicketPage) -> str:
    """Return where the next page of a list is, or nothing."""
    if page.older is None:
        return ""
    parameters = request.GET.copy()
    parameters["older"] = write_place(page.older)
    return f"{request.path}?{parameters.urlencode()}"


def crumbs(actor: Actor, *here: tuple[str, str]) -> list[dict[str, str]]:
    """Return the way from the list of tickets to this page."""
    label = _("Asked of us") if side_of(actor) == "staff" else _("Ask for something")
    top = {"label": label, "url": reverse("tickets:list", kwargs={"client_id": actor.client})}
    return [top, *({"label": words, "url": url} for words, url in here)]


def may_upload(actor: Actor) -> bool:
    """Return whether somebody may put a file among the documents, at the top."""
    return known_documents.may_at_top(actor, "document:upload")


@contextmanager
def arriving(actor: Actor, file: Any) -> Iterator[UUID | None]:
    """Receive the file of a form, if there is one, for an act to make it a document at the top; else it is gone."""
    if not file:
        yield None
        return
    with documents.arriving(
        actor, name=file.name, size_bytes=file.size, pieces=file.chunks(), folder_id=None
    ) as upload_id:
        yield upload_id

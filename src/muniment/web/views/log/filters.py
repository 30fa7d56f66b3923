"""What is looked for in a log: what was typed and chosen, made into a filter and back into words."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Self
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.core.days import DayField
from muniment.core.errors import NotFound
from muniment.portal.documents import queries as documents
from muniment.trust.access import queries as access
from muniment.trust.audit.queries import LogFilter
from muniment.trust.clients import queries as clients
from muniment.trust.disclosure import queries as disclosure
from muniment.trust.identity import queries as identity
from muniment.web.forms import PublicIdField
from muniment.web.views.log import acts

FIELDS = ("text", "person", "document", "act", "since", "until", "step")
DOCUMENTS_SHOWN = 100


class LogForm(forms.Form):
    """What to look for in the log."""

    text = forms.CharField(required=False, max_length=200)
    person = PublicIdField(required=False)
    document = PublicIdField(required=False)
    act = forms.CharField(required=False, max_length=20)
    since = DayField(required=False)
    until = DayField(required=False)
    step = forms.CharField(required=False, max_length=5)
    before = PublicIdField(required=False)


@dataclass(frozen=True)
class Asked:
    """What somebody looks for: what was understood, and the same as it was sent (`sent`)."""

    sent: dict[str, str]
    text: str = ""
    person_id: UUID | None = None
    document_id: UUID | None = None
    act: str = ""
    since: date | None = None
    until: date | None = None
    step: str = ""
    before: UUID | None = None
    misread: tuple[str, ...] = field(default=())

    @classmethod
    def of(cls, query: QueryDict) -> Self:
        """Return what was asked for; what cannot be read is left out and named in `misread`."""
        form = LogForm(query)
        form.is_valid()
        read = form.cleaned_data
        act = read.get("act") or ""
        wrong = tuple(form.errors) if act in acts.labels() else (*form.errors, "act")
        return cls(
            sent={name: "" if name in wrong else query.get(name, "") for name in FIELDS},
            text=" ".join((read.get("text") or "").split()),
            person_id=read.get("person"),
            document_id=read.get("document"),
            act=act if act in acts.labels() else "",
            since=read.get("since"),
            until=read.get("until"),
            step="week" if read.get("step") == "week" else "",
            before=read.get("before"),
            misread=wrong,
        )

    @property
    def is_filtered(self) -> bool:
        """Whether this is less than the whole log."""
        return bool(self.text or self.person_id or self.document_id or self.act or self.since or self.until)

    def address(self, path: str, **changed: str) -> str:
        """Return the address of the same question with some of it changed; an empty value leaves it out."""
        kept = {**self.sent, **changed}
        query = urlencode({name: value for name, value in kept.items() if value})
        return f"{path}?{query}" if query else path

    def filter(self, actor: Actor) -> LogFilter:
        """Return the filter this is, as far as the actor may read the client's log.

        Raises:
            NotFound: the actor may read nothing of it.
        """
        wanted = LogFilter(
            person_id=self.person_id,
            object_ids=_of_document(actor, self.document_id) if self.document_id else (),
            events=acts.ACTS.get(self.act, ()),
            refusals_only=self.act == acts.REFUSED,
            since=midnight(self.since),
            until=midnight(self.until, days=1),
        )
        if self.act == "":
            wanted = replace(wanted, without_pages_of=own_people(actor))
        return disclosure.readable(actor, wanted)

    def words(self, actor: Actor) -> tuple[str, ...]:
        """Return in words what a file of this holds less than the whole log."""
        person = identity.people([self.person_id]).get(self.person_id) if self.person_id else None
        said = (
            (self.text, _("with “%(text)s”") % {"text": self.text}),
            (self.person_id, _("by %(name)s") % {"name": person.name if person else _("somebody unknown")}),
            (self.document_id, _("about %(name)s") % {"name": document_name(actor, self.document_id)}),
            (self.act, acts.labels()[self.act]),
            (self.since, _("from %(day)s") % {"day": self.since}),
            (self.until, _("until %(day)s") % {"day": self.until}),
        )
        return tuple(words for is_asked, words in said if is_asked)


def own_people(actor: Actor) -> frozenset[UUID]:
    """Return whose opened pages are no news: the client's own contacts; in the firm's own space its staff."""
    kind = "staff" if actor.client_id == clients.find_firm_id() else "contact"
    return frozenset(member.person_id for member in clients.members(actor) if member.kind == kind)


def midnight(day: date | None, days: int = 0) -> datetime | None:
    """Return when a day, or the day so many days later, begins in the reader's zone."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=days), time())) if day else None


def document_name(actor: Actor, document_id: UUID | None) -> str:
    """Return the name of a document, if the actor may see it."""
    found = documents.names(actor, [document_id]) if document_id else {}
    return found.get(document_id, "") or _("one document") if document_id else ""


def persons(actor: Actor) -> list[tuple[str, str]]:
    """Return the people to choose from, if the actor may see them."""
    if not access.may(actor, "person:list"):
        return []
    return [(ids.public(member.person.id), member.person.name) for member in identity.people_of(actor)]


def papers(actor: Actor, chosen: UUID | None) -> list[tuple[str, str]]:
    """Return the documents to choose from: those that changed last, and the chosen one."""
    if not access.may_somewhere(actor, "document:view"):
        return []
    found = {row.id: row.name for row in documents.recent_documents(actor, DOCUMENTS_SHOWN)}
    if chosen and chosen not in found:
        found = {chosen: document_name(actor, chosen), **found}
    return [(ids.public(identifier), name) for identifier, name in found.items()]


def _of_document(actor: Actor, document_id: UUID) -> tuple[UUID, ...]:
    """Return what entries about a document are about: itself and its versions."""
    try:
        return (document_id, *(version.id for version in documents.versions(actor, document_id)))
    except NotFound:  # in the trash, or not to be opened by the reader: what it is still counts
        return (document_id,)


def choices(actor: Actor, asked: Asked) -> dict[str, Any]:
    """Return what the controls above a client's log show."""
    return {
        "filters": asked.sent,
        "filtered": asked.is_filtered,
        "misread": bool(asked.misread),
        "persons": [("", _("Everybody")), *persons(actor)],
        "papers": [("", _("Every document")), *papers(actor, asked.document_id)],
        "acts": list(acts.labels().items()),
    }

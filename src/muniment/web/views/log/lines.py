"""Entries as people read them: with names for people and things, as far as the reader may see them."""

from itertools import groupby
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.portal.documents import queries as documents
from muniment.trust.audit.types import EARNING, EntryFacts
from muniment.trust.disclosure.types import LogLine
from muniment.trust.identity import queries as identity
from muniment.trust.identity.types import Person
from muniment.web import words


def by_day(shown: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return lines as the page shows them, grouped by day of the reader's zone, newest first."""
    return [
        {"day": day, "entries": list(group)}
        for day, group in groupby(shown, key=lambda line: timezone.localtime(line["at"]).date())
    ]


def described(actor: Actor, shown: list[EntryFacts]) -> list[dict[str, Any]]:
    """Return entries of the actor's client as a page shows them: in words, with the addresses they lead to."""
    return [with_addresses(line) for line in in_words(actor, shown)]


def with_addresses(line: dict[str, Any]) -> dict[str, Any]:
    """Return a line with where it leads to; those of a page alone need it, and it costs as much as the words."""
    place = {"client_id": line["client_id"]}
    document_id, is_document = line["thing_id"], line["object_kind"] in {"document", "version"}
    return {
        **line,
        "url": reverse("documents:document", kwargs={**place, "document_id": document_id})
        if is_document and line["is_seen"]
        else None,
        "entry_url": reverse("receipts:entry", kwargs={**place, "entry_id": line["id"]}),
        "earns": line["event"] in EARNING,
    }


def in_words(actor: Actor, shown: list[EntryFacts]) -> list[dict[str, Any]]:
    """Return entries of the actor's client with names for people and things, as far as `actor` may see them."""
    concerned = {_concerned(entry) for entry in shown} | {_looked_as(entry) for entry in shown}
    people = identity.people({entry.person_id for entry in shown} | concerned)
    names = documents.names(actor, set(filter(None, map(_shown_thing, shown))))
    return [_line(actor, entry, people, names) for entry in shown]


def as_log_line(line: dict[str, Any]) -> LogLine:
    """Return a line of the page as it goes into a file."""
    return LogLine(**{name: line[name] for name in LogLine.__dataclass_fields__})


def _line(actor: Actor, entry: EntryFacts, people: dict[UUID, Person], names: dict[UUID, str]) -> dict[str, Any]:
    who = people.get(entry.person_id) if entry.person_id else None
    other, shown_id = _concerned(entry), _shown_thing(entry)
    thing = names.get(shown_id, "") if shown_id else ""
    if not thing and other in people:
        thing = people[other].name
    return {
        "id": entry.id,
        "at": entry.at,
        "event": entry.event,
        "name": who.name if who else _nameless(entry.person_kind),
        "kind": entry.person_kind,
        "is_staff": entry.person_kind == "staff",
        "words": _words(entry, thing, people),
        "thing": thing,
        "allowed": entry.allowed,
        "purpose": entry.purpose,
        "place": " · ".join(filter(None, (entry.ip, entry.country))),
        "device": entry.device or "",
        "client_id": actor.client,
        "object_kind": entry.object_kind,
        "thing_id": shown_id,
        "is_seen": shown_id in names,
    }


def _words(entry: EntryFacts, thing: str, people: dict[UUID, Person]) -> str:
    said, seen_as = words.sentence(entry, thing), _looked_as(entry)
    if seen_as is None:
        return said
    return _("%(said)s, looking as %(name)s") % {
        "said": said,
        "name": people[seen_as].name if seen_as in people else _("one of the client's people"),
    }


def _nameless(kind: str) -> str:
    """Return what stands where nobody can be named; without a kind, who it was has been dropped from the log."""
    if not kind:
        return _("No longer named")
    return _("The portal") if kind == "system" else _("Somebody unknown")


def _concerned(entry: EntryFacts) -> UUID | None:
    """Return the person an entry is about, where it names one."""
    return _fact(entry, "person")


def _looked_as(entry: EntryFacts) -> UUID | None:
    """Return the contact as whom somebody of the firm looked when they did this."""
    return ids.private(entry.looking_as) if entry.looking_as else None


def _shown_thing(entry: EntryFacts) -> UUID | None:
    """Return what an entry is about, as people know it: of a version its document."""
    return _fact(entry, "document") if entry.object_kind == "version" else entry.object_id


def _fact(entry: EntryFacts, name: str) -> UUID | None:
    found = str(entry.facts.get(name) or "")
    try:
        return ids.private(found) if len(found) == ids.PUBLIC_LENGTH else UUID(found) if found else None
    except ValueError:
        return None

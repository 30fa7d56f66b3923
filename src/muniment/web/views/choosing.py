"""Lists to choose one thing from, in pages of 25: nobody has to know references by heart."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.core.errors import Invalid
from muniment.portal.documents import queries as documents
from muniment.trust.identity import queries as identity
from muniment.web.templatetags.display import kind, size, when

PAGE = 25


class ChoosingForm(forms.Form):
    """Which page of a list is looked at, and what is looked for."""

    find = forms.CharField(required=False, max_length=120)
    page = forms.IntegerField(required=False, min_value=1, max_value=10_000)

    @property
    def wanted_page(self) -> int:
        """The number of the page, from 1."""
        return self.cleaned_data["page"] or 1


@dataclass(frozen=True)
class Choice:
    """One thing to choose: its name, and what else tells it from others. With `url` it leads on instead."""

    id: UUID
    name: str
    note: str
    url: str = ""

    @property
    def value(self) -> str:
        """The public id, which the form sends."""
        return ids.public(self.id)


@dataclass(frozen=True)
class Choices:
    """A page of things to choose from, what was looked for, what its form keeps, and the pages around it."""

    rows: list[Choice]
    find: str
    find_label: str
    kept: dict[str, str] = field(default_factory=dict)
    newer_url: str = ""
    older_url: str = ""


def page_of(rows: list[Choice], find: str, number: int, kept: dict[str, Any], *, leads_to: str = "") -> Choices:
    """Return a page of people or clients; with `leads_to`, each leads on to the same list with itself so named."""
    shown = rows[(number - 1) * PAGE : number * PAGE]
    if leads_to:
        shown = [Choice(row.id, row.name, row.note, _address(kept | {leads_to: row.id})) for row in shown]
    return _paged(shown, find, _("Find by name"), number, kept, has_more=len(rows) > number * PAGE)


def document_choices(inside: Actor, verb: str, asked: ChoosingForm, kept: dict[str, Any]) -> Choices:
    """Return a page of the documents of a client; they are told apart by what may be told without opening them.

    Raises:
        NotFound: the actor may not do `verb` with the whole client.
    """
    find, number = asked.cleaned_data["find"].strip(), asked.wanted_page
    rows, has_more = documents.document_choices(inside, verb, document_id=_reference(find), page=number)
    people = identity.people(row.created_by for row in rows)
    shown = []
    for row in rows:
        word = str(kind(row.media_type).word)
        facts = [
            word if row.name else "",
            size(row.size_bytes),
            when(row.created_at),
            people[row.created_by].name if row.created_by in people else "",
            _("in the trash") if row.is_trashed else "",
        ]
        shown.append(Choice(row.id, row.name or word, " · ".join(filter(None, facts))))
    return _paged(shown, find, _("Find by reference"), number, kept, has_more=has_more)


def _reference(find: str) -> UUID | None:
    try:
        return ids.private(find) if find else None
    except ValueError as error:
        raise Invalid from error


def _paged(shown: list[Choice], find: str, label: str, number: int, kept: dict[str, Any], *, has_more: bool) -> Choices:
    words = {name: ids.public(value) if isinstance(value, UUID) else value for name, value in kept.items()}
    around = words | ({"find": find} if find else {})
    return Choices(
        rows=shown,
        find=find,
        find_label=label,
        kept=words,
        newer_url=_address(around | {"page": number - 1}) if number > 1 else "",
        older_url=_address(around | {"page": number + 1}) if has_more else "",
    )


def _address(parameters: dict[str, Any]) -> str:
    return "?" + urlencode({k: ids.public(v) if isinstance(v, UUID) else v for k, v in parameters.items()})

"""The rows of the list of documents, the one part of a page that is printed a hundred times.

The template engine needs some ten milliseconds for a hundred such rows; filling one line of text takes a
fifth of that, and every value is escaped all the same.
"""

import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, NotRequired, TypedDict
from uuid import UUID

from django import template
from django.templatetags.static import static
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from muniment.core import ids
from muniment.web.templatetags.display import kind, size, today, told

register = template.Library()

ROW: Final = (
    '<tr class="row"><td class="docs-choose"><input type="checkbox" class="check" data-row name="document" value="{id}"'
    ' aria-label="{choose} {name}"></td>\n'
    '<td class="docs-name"><a href="{base}{id}/"><span class="tile {tone}"><svg class="i" aria-hidden="true">'
    '<use href="{icons}#{icon}"/></svg></span>'
    '<span class="docs-words"><b>{name}</b>{mark}<small>{note}</small></span></a></td>\n'
    '<td class="docs-by">{by}</td><td class="docs-when">{when}</td><td class="docs-size">{size}</td>\n'
    '<td class="docs-acts">{acts}</td></tr>\n'
)
DOWNLOAD: Final = (
    '<a href="{base}{id}/download/" download class="btn btn-icon btn-sm btn-ghost" aria-label="{download} {name}">'
    '<svg class="i" aria-hidden="true"><use href="{icons}#download"/></svg></a>'
)
MORE: Final = (
    '<a href="{base}{id}/" data-row-menu class="btn btn-icon btn-sm btn-ghost" aria-label="{more} {name}">'
    '<svg class="i" aria-hidden="true"><use href="{icons}#ellipsis"/></svg></a>'
)


class Row(TypedDict):
    """What a row of the list tells of a document."""

    id: UUID
    name: str
    media_type: str
    size_bytes: int
    changed_at: datetime
    changed_by: str
    version_count: int
    is_new: bool
    folder_name: NotRequired[str]
    vetting: NotRequired[str]
    label: NotRequired[str]  # its words; empty for the usual one


@dataclass(frozen=True, slots=True)
class Words:
    """What is the same for every row of a page, found once."""

    new: SafeString
    waiting: SafeString
    held: SafeString
    version: str
    today: date


@register.simple_tag
def document_rows(rows: Iterable[Row], base: str, *, download: bool, folders: bool) -> SafeString:
    """Return a `<tr>` for each document.

    Addresses are `base` and the public id; with `folders`, rows say where they lie.
    """
    line = ROW.replace("{acts}", DOWNLOAD + MORE if download else MORE)
    same_for_all = {
        "base": base,
        "icons": static("app/icons.svg"),
        "choose": gettext("Choose"),
        "download": gettext("Download"),
        "more": gettext("More for"),
    }
    for gap, value in same_for_all.items():
        line = line.replace(f"{{{gap}}}", escape(value).replace("{", "{{").replace("}", "}}"))
    words = Words(
        new=format_html('<i class="chip tone-blue">{}</i>', gettext("New")),
        waiting=format_html('<i class="chip tone-brass">{}</i>', gettext("Being checked")),
        held=format_html('<i class="chip tone-red">{}</i>', gettext("Held")),
        version=gettext("version"),
        today=today(),
    )
    lines = [line.format_map(_facts(row, words, folders=folders)) for row in rows]
    return mark_safe("".join(lines))  # noqa: S308  # nosec B308, B703 - _facts escapes every value


def _facts(row: Row, words: Words, *, folders: bool) -> Mapping[str, str]:
    """Return what fills the gaps, each escaped here unless no character of it is anybody's choice but ours.

    Escaping as templates do asks of each value first what it is, which takes longer than all the rest.
    """
    look = kind(row["media_type"])
    note = (folders and row.get("folder_name")) or look.word
    return {
        "id": ids.public(row["id"]),
        "name": html.escape(row["name"]),
        "tone": look.tone,
        "icon": look.icon,
        "mark": _mark(row, words),
        "note": html.escape(
            f"{note} · {words.version} {row['version_count']}" if row["version_count"] > 1 else str(note)
        ),
        "by": html.escape(row["changed_by"]),
        "when": html.escape(str(told(row["changed_at"], words.today))),
        "size": html.escape(str(size(row["size_bytes"]))),
    }


def _mark(row: Row, words: Words) -> str:
    """Return what stands out about a document: that nobody can open it yet, or that it is new; and its label."""
    label = row.get("label")
    guarded = f' <i class="chip tone-line">{html.escape(label)}</i>' if label else ""
    if vetting := row.get("vetting"):
        return (words.waiting if vetting == "waiting" else words.held) + guarded
    return (words.new if row["is_new"] else "") + guarded

"""The data map: what the portal keeps, why, how long, and how it is protected. It says what, never whose."""

from itertools import groupby
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from muniment.core.actor import Actor
from muniment.core.data_map import Class
from muniment.core.data_map.places import PLACES
from muniment.core.data_map.reading import Line, lines
from muniment.core.data_map.writing import as_csv
from muniment.core.errors import NotFound
from muniment.trust.access.types import personal

KINDS = {
    "": _("Every class"),
    Class.PERSONAL: _("Personal: about people"),
    Class.CONTENT: _("Content: what clients wrote"),
    Class.SECRET: _("Secret: gives access"),
    Class.CLEAR: _("Clear: ids, times, sizes, states"),
}
TONES = {Class.PERSONAL: "blue", Class.CONTENT: "brand", Class.SECRET: "brass", Class.CLEAR: "line"}
_STAFF = "the map is the same for all who work for the firm: it says what is kept, not whose"


class KindForm(forms.Form):
    """Which class of data to show."""

    kind = forms.ChoiceField(required=False, choices=list(KINDS.items()))


@personal(_STAFF, of_firm=True)
@require_safe
def data_map(request: HttpRequest) -> HttpResponse:
    """Show every field with its class, purpose and protection, by table."""
    _require_staff(request)
    form = KindForm(request.GET)
    kind = form.cleaned_data["kind"] if form.is_valid() else ""
    found = lines()
    context = {
        "tables": [_table(table, list(group)) for table, group in groupby(_of(found, kind), key=lambda one: one.table)],
        "places": [_row(place) for place in PLACES if kind in {"", place.kind}],
        "kinds": list(KINDS.items()),
        "kind": kind,
        "counts": [(KINDS[one], TONES[one], sum(line.kind == one for line in found)) for one in Class],
        "csv_url": reverse("data-map:download"),
    }
    return render(request, "data_map/map.html", context)


@personal(_STAFF, of_firm=True)
@require_safe
def download(request: HttpRequest) -> HttpResponse:
    """Hand the map out as CSV."""
    _require_staff(request)
    headers = {"Content-Disposition": 'attachment; filename="data-map.csv"'}
    return HttpResponse(as_csv(), content_type="text/csv; charset=utf-8", headers=headers)


def _require_staff(request: HttpRequest) -> None:
    actor: Actor = request.actor  # type: ignore[attr-defined] # put there by the middleware
    if actor.kind != "staff":
        raise NotFound


def _of(found: list[Line], kind: str) -> list[Line]:
    return [line for line in found if kind in {"", line.kind}]


def _table(name: str, found: list[Line]) -> dict[str, Any]:
    return {"name": name, "until": _plain(found[0].until), "rows": [_row(line) for line in found]}


def _row(line: Any) -> dict[str, Any]:
    return {
        "name": _plain(getattr(line, "field", None) or line.name),
        "kind": line.kind,
        "tone": TONES[line.kind],
        "purpose": _plain(line.purpose),
        "until": _plain(line.until),
        "protection": _plain(line.protection),
    }


def _plain(text: str) -> str:
    return text.replace("`", "")

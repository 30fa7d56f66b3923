"""The demo's mails: none leaves the machine, so the firm's admin reads them here."""

import re
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from muniment.core.errors import NotFound
from muniment.trust.access.types import personal
from muniment.trust.identity import queries
from muniment.trust.identity.types import Letter

_LINK = re.compile(r"(https://\S+)")


@personal("asks for mail:read in the firm's own space, and only in the demo")
@require_GET
def listing(request: HttpRequest, letter_id: UUID | None = None) -> HttpResponse:
    """Show the newest mails, and one of them whole."""
    found = queries.letters(request.actor)  # type: ignore[attr-defined] # set by web.middleware.actors
    chosen = next((letter for letter in found if letter.id == letter_id), None)
    if letter_id is not None and chosen is None:
        raise NotFound
    shown = {"mails": [_line(letter, letter_id) for letter in found], "mail": _whole(chosen) if chosen else None}
    return render(request, "demo/mail.html", shown)


def _line(letter: Letter, chosen_id: UUID | None) -> dict[str, Any]:
    return {
        "id": letter.id,
        "subject": letter.subject,
        "to": letter.to,
        "sent_at": letter.created_at,
        "url": reverse("mail:letter", kwargs={"letter_id": letter.id}),
        "current": letter.id == chosen_id,
    }


def _whole(letter: Letter) -> dict[str, Any]:
    return {
        "subject": letter.subject,
        "to": letter.to,
        "sent_at": letter.created_at,
        "pieces": [{"text": text, "is_link": bool(_LINK.fullmatch(text))} for text in _LINK.split(letter.body) if text],
        "attached": letter.attached,
    }

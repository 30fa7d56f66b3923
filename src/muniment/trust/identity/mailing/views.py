"""The queue of mails, addresses that bounce, and how the world sees the sender."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from muniment.core import config, ids
from muniment.core.actor import Actor
from muniment.core.errors import Invalid, NotFound
from muniment.trust.access.types import personal
from muniment.trust.identity.mailing import actions, queries
from muniment.trust.identity.mailing.forms import STATE_WORDS, DropForm, QueueForm
from muniment.trust.identity.mailing.types import LetterState, QueuedLetter, SenderRecord
from muniment.trust.identity.queries.people import people

TONES: dict[LetterState, str] = {"waiting": "brass", "failed": "red", "sent": "green", "dropped": "line"}
KIND_WORDS = {"account": lazy("About an account, or asked for"), "notice": lazy("Notices")}
TROUBLE_WORDS = {
    "away": lazy("The mail server did not answer."),
    "certificate": lazy("The mail server could not prove who it is."),
    "sign-in": lazy("The mail server did not take the user name and password."),
    "no-tls": lazy("The mail server offers no encryption."),
}
RECORD_WORDS = {
    "good": ("green", "circle-check", lazy("There")),
    "weak": ("brass", "info", lazy("There, and protects nothing")),
    "missing": ("red", "circle-alert", lazy("Not there")),
    "unknown": ("line", "info", lazy("Not known")),
    "unanswered": ("brass", "info", lazy("The DNS does not answer")),
}
RECORD_HELP = {
    "spf": (
        "SPF",
        lazy("Names the servers that may send mails of this domain: that of the settings must be among them."),
    ),
    "dkim": (
        "DKIM",
        lazy(
            "The key with which your mail server signs: the portal itself signs no mails. Say in the settings "
            "(mail_dkim_selector) under which name."
        ),
    ),
    "dmarc": ("DMARC", lazy("Says what others do with mails that only claim to be from this domain.")),
}


@personal("the query itself asks for mail:queue in the firm")
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """Show the mails that wait, failed or were sent, and the addresses from which mails come back."""
    actor, form = _actor(request), QueueForm(request.GET)
    if not form.is_valid():
        raise Invalid
    counts = queries.counts(actor)
    state: LetterState = form.cleaned_data["state"] or ("failed" if counts.failed else "waiting")
    found = queries.queue(actor, state, before=form.cleaned_data["older"], limit=queries.PAGE + 1)
    shown = found[: queries.PAGE]
    names = people(letter.person_id for letter in shown)
    context = {
        "letters": [_letter(letter, names) for letter in shown],
        "states": [
            {"words": words, "url": f"?state={name}", "current": name == state, "count": getattr(counts, name, None)}
            for name, words in STATE_WORDS.items()
        ],
        "older": f"?state={state}&older={ids.public(shown[-1].id)}" if len(found) > len(shown) else "",
        "newer": f"?state={state}" if form.cleaned_data["older"] else "",
        "bounced": queries.bounced(actor),
        "has_server": config.current().smtp_url is not None,
    }
    return render(request, "mailing/queue.html", context)


@personal("the query itself asks for mail:queue in the firm")
@require_GET
def sender(request: HttpRequest) -> HttpResponse:
    """Look up how the world sees the sender of the portal's mails: SPF, DKIM, DMARC."""
    records = [_record(record) for record in queries.sender_records(_actor(request))]
    return render(request, "mailing/sender.html", {"records": records, "sender": config.current().mail_from})


@personal("the action itself asks for mail:queue in the firm")
@require_POST
def again(request: HttpRequest, letter_id: UUID) -> HttpResponse:
    """Try to send a mail again."""
    actions.retry_letter(_actor(request), letter_id=letter_id)
    messages.success(request, _("It is tried again now."))
    return redirect("mailing:queue")


@personal("the action itself asks for mail:queue in the firm")
@require_http_methods(["GET", "POST"])
def drop(request: HttpRequest, letter_id: UUID) -> HttpResponse:
    """Ask why a mail is not to be sent any more, and drop it."""
    actor = _actor(request)
    queries.insist_on_the_firm(actor)
    form = DropForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        actions.drop_letter(actor, letter_id=letter_id, reason=form.cleaned_data["reason"])
        messages.success(request, _("The mail is dropped, and what it said is forgotten."))
        return redirect("mailing:queue")
    context = {"form": form, "back_url": reverse("mailing:queue")}
    return render(request, "mailing/drop.html", context, status=422 if form.is_bound else 200)


@personal("one's own address")
@require_POST
def works(request: HttpRequest) -> HttpResponse:
    """Say that mails to one's own address arrive again."""
    actor = _actor(request)
    if actor.person_id is None:
        raise NotFound
    actions.clear_bounce(actor, person_id=actor.person_id)
    messages.success(request, _("Good. Notices come by mail again."))
    return redirect("account:index")


@personal("the action itself asks for mail:queue in the firm")
@require_POST
def works_again(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Say that mails to somebody's address arrive again."""
    queries.insist_on_the_firm(_actor(request))
    actions.clear_bounce(_actor(request), person_id=person_id)
    messages.success(request, _("Notices go to this address again."))
    return redirect("mailing:queue")


def _letter(letter: QueuedLetter, names: dict[UUID, Any]) -> dict[str, Any]:
    known = names.get(letter.person_id) if letter.person_id else None
    is_open = letter.sent_at is None and letter.state in {"waiting", "failed"}
    return {
        "to": known.name if known else letter.to or _("Somebody"),
        "kind": KIND_WORDS.get(letter.kind, letter.kind),
        "state": STATE_WORDS[letter.state],
        "tone": TONES[letter.state],
        "at": letter.sent_at or letter.created_at,
        "tries": letter.tries,
        "tried_at": letter.tried_at,
        "trouble": TROUBLE_WORDS.get(letter.trouble)
        or (_("The mail server answered %s.") % letter.trouble if letter.trouble else ""),
        "reason": letter.drop_reason,
        "again_url": reverse("mailing:again", kwargs={"letter_id": letter.id}) if is_open else None,
        "drop_url": reverse("mailing:drop", kwargs={"letter_id": letter.id}) if is_open else None,
    }


def _record(record: SenderRecord) -> dict[str, Any]:
    (tone, icon, word), (title, about) = RECORD_WORDS[record.state], RECORD_HELP[record.what]
    return {
        "title": title,
        "about": about,
        "tone": tone,
        "icon": icon,
        "word": word,
        "name": record.name,
        "found": record.found,
    }


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined] # set by web.middleware.actors
    return actor

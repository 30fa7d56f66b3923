"""Ask for access, see what was asked for, and decide as the second person."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from muniment.core.actor import Actor
from muniment.core.errors import Invalid, NotFound
from muniment.portal.documents import queries as documents
from muniment.trust.access.types import personal
from muniment.trust.clients import queries as clients
from muniment.trust.identity import queries as identity
from muniment.trust.oversight import actions, queries
from muniment.trust.oversight.types import CONTACT_ROLES, HOURS, STAFF_ROLES, RequestFacts
from muniment.web.forms import PublicIdField

STATES = {
    "asked": ("brass", lazy("Waits for a second person")),
    "given": ("green", lazy("Has access")),
    "declined": ("line", lazy("Declined")),
    "taken-back": ("line", lazy("Taken back")),
    "lapsed": ("line", lazy("Nobody decided in time")),
    "ended": ("line", lazy("Over")),
}
ROLES = {
    "analyst": lazy("View and download"),
    "engineer": lazy("View, download and upload"),
    "advisor": lazy("Everything an advisor does"),
    "viewer": lazy("View"),
    "downloader": lazy("View and download"),
    "editor": lazy("View, download and change"),
}
DAY_HOURS = 24


def how_long(hours: int) -> str:
    """Return a time in words: hours up to a day, then days."""
    if hours < DAY_HOURS:
        return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    days = hours // DAY_HOURS
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}


class AskForm(forms.Form):
    """What somebody asks for: what they want to do, for how long, and why."""

    role = forms.ChoiceField(label=lazy("What you need to do"))
    hours = forms.TypedChoiceField(label=lazy("For how long"), coerce=int)
    reason = forms.CharField(
        label=lazy("Why"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=lazy("Who decides reads it, and the client does: it stands beside everything you open."),
    )
    is_emergency = forms.BooleanField(
        label=lazy("This is an emergency"),
        required=False,
        help_text=lazy("At any hour and from anywhere, for a day at most. The client is told that it was one."),
    )

    def __init__(self, *args: Any, is_staff: bool, **options: Any) -> None:
        """Offer what people of the firm, or contacts, may ask for."""
        super().__init__(*args, **options)
        roles, hours = self.fields["role"], self.fields["hours"]
        roles.choices = [(role, ROLES[role]) for role in (STAFF_ROLES if is_staff else CONTACT_ROLES)]  # type: ignore[attr-defined] # a ChoiceField
        hours.choices = [(count, how_long(count)) for count in HOURS]  # type: ignore[attr-defined] # the same
        if not is_staff:
            del self.fields["is_emergency"]


class AskByNameForm(AskForm):
    """The same, of a client that is named."""

    client = forms.CharField(label=lazy("Which client"), max_length=120, help_text=lazy("Its whole name."))
    field_order = ("client", "role", "hours", "reason", "is_emergency")


class ScopeForm(forms.Form):
    """Which thing is asked for; neither means the whole client."""

    document = PublicIdField(required=False)
    folder = PublicIdField(required=False)

    @property
    def scope(self) -> tuple[str, UUID] | None:
        """The thing, as grants name it."""
        for kind in ("document", "folder"):
            if self.cleaned_data[kind]:
                return kind, self.cleaned_data[kind]
        return None


class DecisionForm(forms.Form):
    """Why it was decided so."""

    reason = forms.CharField(max_length=500, required=False)


@personal("anybody who belongs here may ask; somebody else decides")
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Ask for access to a client, or to one document or folder of it."""
    actor, about = _actor(request), ScopeForm(request.GET)
    if client_id == clients.firm_id():
        raise NotFound
    if not about.is_valid():
        raise Invalid
    is_staff = _is_of_firm(actor)
    if about.scope is None and not is_staff:
        raise NotFound
    form = AskForm(request.POST or None, is_staff=is_staff)
    if request.method == "POST" and form.is_valid():
        actions.ask_access(actor, scope=about.scope, **form.cleaned_data)
        messages.success(request, _("Asked. You get a mail as soon as somebody has decided."))
        return redirect("requests:here", client_id=client_id)
    context = {
        "form": form,
        "what": _thing(actor, about.scope),
        "back_url": reverse("requests:here", kwargs={"client_id": client_id}),
    }
    return render(request, "requests/ask.html", context, status=422 if form.is_bound else 200)


@personal("anybody of the firm may ask; somebody else decides", of_firm=True)
@require_http_methods(["GET", "HEAD", "POST"])
def ask_by_name(request: HttpRequest) -> HttpResponse:
    """Ask for access to a client that one does not work for."""
    actor = _staff(request)
    form = AskByNameForm(request.POST or None, is_staff=True)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        actions.ask_by_name(actor, named=given.pop("client"), **given)
        messages.success(request, _("Asked. You get a mail as soon as somebody has decided."))
        return redirect("requests:list")
    context = {"form": form, "what": "", "back_url": reverse("requests:list")}
    return render(request, "requests/ask.html", context, status=422 if form.is_bound else 200)


@personal("shows what one asked for, and what one may decide", of_firm=True)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """List what people of the firm asked for: one's own, and what one may decide."""
    actor = _staff(request)
    lines = queries.docket(actor)
    request.shown_clients = tuple({line.request.client_id for line in lines if line.request})  # type: ignore[attr-defined] # see PagesInLog
    people = identity.people(_people([line.request for line in lines if line.request]) | {o.asked_by for o in lines})
    rows = []
    for line in lines:
        mine = line.asked_by == actor.person_id
        # While it waits, who asked sees the same of a client that there is and of one that there is not.
        if line.request is not None and not (mine and line.request.state == "asked"):
            inside = actor.within(line.request.client_id)
            rows.append(row_of(inside, line.request, people) | {"client": line.named, "here": False})
        else:
            rows.append(_unknown(line.named, people[line.asked_by].name, line.asked_at, is_mine=mine))
    context = {"rows": rows, "ask_url": reverse("requests:ask_by_name"), "back_url": reverse("web:home")}
    return render(request, "requests/list.html", context)


@personal("shows what one asked for, and to those who decide what others did")
@require_safe
def here(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """List what was asked for in one client."""
    actor = _actor(request)
    if client_id == clients.firm_id():
        raise NotFound
    found = queries.requests(actor)
    people = identity.people(_people(found))
    context = {
        "rows": [row_of(actor, row, people) for row in found],
        "ask_url": reverse("requests:ask", kwargs={"client_id": client_id}) if _is_of_firm(actor) else None,
        "back_url": reverse("clients:client", kwargs={"client_id": client_id}),
    }
    return render(request, "requests/list.html", context)


@personal("the action itself asks for request:decide")
@require_POST
def give(request: HttpRequest, client_id: UUID, request_id: UUID) -> HttpResponse:
    """Give what was asked for, as the second person."""
    actions.give_access(_actor(request), request_id=request_id, reason=_reason(request))
    messages.success(request, _("Given. It ends by itself, and the client was told."))
    return _back(request, client_id)


@personal("the action itself asks for request:decide")
@require_POST
def decline(request: HttpRequest, client_id: UUID, request_id: UUID) -> HttpResponse:
    """Decline, as the second person."""
    actions.decline_access(_actor(request), request_id=request_id, reason=_reason(request))
    return _back(request, client_id)


@personal("the action itself asks whether it is theirs, or theirs to decide")
@require_POST
def end(request: HttpRequest, client_id: UUID, request_id: UUID) -> HttpResponse:
    """Take a request back, or end what was given for it."""
    actions.end_access(_actor(request), request_id=request_id)
    return _back(request, client_id)


def row_of(inside: Actor, row: RequestFacts, people: dict[UUID, Any]) -> dict[str, Any]:
    """Return a request as its line shows it."""
    tone, words = STATES[row.state]
    where = {"client_id": row.client_id, "request_id": row.id}
    return {
        "who": people[row.asked_by].name if row.asked_by in people else "",
        "at": row.asked_at,
        "may": ROLES.get(row.role, row.role),
        "what": _thing(inside, None if row.scope_id is None else (row.scope_kind, row.scope_id)),
        "length": how_long(row.hours),
        "why": row.reason,
        "tone": tone,
        "state": words,
        "is_emergency": row.is_emergency,
        "decided_by": people[row.decided_by].name if row.decided_by in people else "",
        "decision": row.decision,
        "until": row.ends_at if row.state == "given" else None,
        "give_url": reverse("requests:give", kwargs=where) if row.may_decide else None,
        "decline_url": reverse("requests:decline", kwargs=where) if row.may_decide else None,
        "end_url": reverse("requests:end", kwargs=where) if row.may_end and _belongs(inside, row) else None,
        "is_open": row.state == "asked",
    }


def _unknown(named: str, who: str, at: Any, *, is_mine: bool) -> dict[str, Any]:
    tone, words = STATES["asked"]
    return {
        "client": named,
        "who": who,
        "at": at,
        "tone": tone if is_mine else "line",
        "state": words if is_mine else _("There is no client of this name"),
    }


def _belongs(inside: Actor, row: RequestFacts) -> bool:
    """Return whether the page of this client is there for the actor: who only asked for it has none yet."""
    return row.state == "given" or bool(inside.firm_verbs) or _member(inside)


def _member(inside: Actor) -> bool:
    return any(member.person_id == inside.person_id for member in clients.members(inside))


def _people(rows: list[RequestFacts]) -> set[UUID | None]:
    return {row.asked_by for row in rows} | {row.decided_by for row in rows}


def _thing(actor: Actor, scope: tuple[str, UUID] | None) -> str:
    """Return what a thing is called, to those who may see it; nothing for the whole client."""
    if scope is None:
        return ""
    kind, identifier = scope
    word = _("a document") if kind == "document" else _("a folder")
    return documents.names(actor, {identifier}).get(identifier, word)


def _is_of_firm(actor: Actor) -> bool:
    return actor.kind == "staff"


def _reason(request: HttpRequest) -> str:
    form = DecisionForm(request.POST)
    if not form.is_valid():
        raise Invalid
    return str(form.cleaned_data["reason"])


def _back(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Lead back to the list that one came from: the firm's, for its people who decide about its people."""
    if request.POST.get("from") == "firm" and _actor(request).kind == "staff":
        return redirect("requests:list")
    return redirect("requests:here", client_id=client_id)


def _staff(request: HttpRequest) -> Actor:
    actor = _actor(request)
    if actor.kind != "staff":
        raise NotFound
    return actor


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined] # put there by the middleware
    return actor

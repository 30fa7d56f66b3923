"""The people of a client (or of the firm): who, why, until when; invite them, end their access."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from muniment.core import config, ids
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.trust.access import queries as access
from muniment.trust.access.types import permission
from muniment.trust.clients import queries as clients
from muniment.trust.identity import actions, forms, queries
from muniment.trust.identity.recovery.queries import to_confirm
from muniment.trust.identity.roles import label
from muniment.trust.identity.types import Invitation, Member, Person


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined] # set by web.middleware.actors
    return actor


@permission("person:list")
@require_GET
def listing(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Show who belongs here, and who is invited."""
    actor = _actor(request)
    may_invite, may_end = access.may(actor, "person:invite"), access.may(actor, "person:end")
    may_assign = access.may(actor, "person:assign") and client_id != clients.firm_id()
    found = queries.people_of(actor)
    delayed = queries.delayed(member.person.id for member in found)
    shown = {
        "place_id": client_id,
        "explains": access.may(actor, "access:explain"),
        "people": [_member(actor, member, may_end=may_end, is_delayed=member.person.id in delayed) for member in found],
        "invitations": [_invitation(actor, found) for found in queries.open_invitations(actor)] if may_invite else [],
        "invite_url": reverse("people:invite", kwargs={"client_id": client_id}) if may_invite else None,
        "recoveries": _recoveries(actor) if may_end else [],
        "more": _more(actor, client_id),
        "export_url": reverse("people:export", kwargs={"client_id": client_id}),
        "assign_url": reverse("people:assign", kwargs={"client_id": client_id}) if may_assign else None,
    }
    return render(request, "people/list.html", shown)


@permission("person:invite")
@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Invite somebody, and show the link this once."""
    actor = _actor(request)
    back = reverse("people:list", kwargs={"client_id": client_id})
    roles = tuple((role, label(role)) for role in queries.roles_to_give(actor))
    form = forms.Invite(request.POST if request.method == "POST" else None, roles=roles)
    if not form.is_valid():
        shown = {"form": form, "back_url": back}
        return render(request, "people/invite.html", shown, status=422 if form.is_bound else 200)
    made, path = actions.invite_person(actor, **form.cleaned_data)
    settings = config.current()
    shown = {
        "invitation": made,
        "link": settings.address + path,
        "mailed": settings.smtp_url is not None,
        "back_url": back,
    }
    return render(request, "people/invited.html", shown)


@permission("person:assign")
@require_http_methods(["GET", "POST"])
def assign(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Let somebody of the firm work for this client."""
    actor = _actor(request)
    back = reverse("people:list", kwargs={"client_id": client_id})
    form = forms.Assign(
        request.POST if request.method == "POST" else None,
        people=tuple((ids.public(person.id), person.name) for person in queries.staff_to_assign(actor)),
        roles=tuple((role, label(role)) for role in queries.roles_to_assign(actor)),
    )
    if not form.is_valid():
        shown = {"form": form, "back_url": back}
        return render(request, "people/assign.html", shown, status=422 if form.is_bound else 200)
    given = form.cleaned_data
    actions.assign_staff(
        actor, person_id=given["person"], role=given["role"], purpose=given["purpose"], until=given["until"]
    )
    return redirect(back)


@permission("person:invite")
@require_POST
def withdraw(request: HttpRequest, client_id: UUID, invitation_id: UUID) -> HttpResponse:
    """Withdraw an open invitation."""
    actions.withdraw_invitation(_actor(request), invitation_id=invitation_id)
    return redirect("people:list", client_id=client_id)


@permission("person:end")
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, client_id: UUID, person_id: UUID) -> HttpResponse:
    """Ask, then end a person's access."""
    actor = _actor(request)
    back = reverse("people:list", kwargs={"client_id": client_id})
    if request.method == "POST":
        actions.end_membership(actor, person_id=person_id)
        return redirect(back)
    member = next((found for found in queries.people_of(actor) if found.person.id == person_id), None)
    if member is None:
        raise NotFound
    one = {"name": member.person.name, "role": ", ".join(map(label, member.roles))}
    return render(request, "people/end.html", {"one": one, "back_url": back})


@permission("person:end")
@require_http_methods(["GET", "POST"])
def lift_delays(request: HttpRequest, client_id: UUID, person_id: UUID) -> HttpResponse:
    """Ask, then let a person sign in at once, whatever failed before."""
    actor = _actor(request)
    member = next((found for found in queries.people_of(actor) if found.person.id == person_id), None)
    if member is None or (actor.kind == "contact" and member.kind == "staff"):
        raise NotFound
    back = reverse("people:list", kwargs={"client_id": client_id})
    if request.method == "POST":
        actions.lift_delays(actor, person_id=person_id)
        messages.success(request, _("They can try to sign in at once."))
        return redirect(back)
    return render(request, "people/lift_delays.html", {"one": {"name": member.person.name}, "back_url": back})


@permission("person:end", in_firm=True)
@require_http_methods(["GET", "POST"])
def flag_password(request: HttpRequest, client_id: UUID, person_id: UUID) -> HttpResponse:
    """Ask, then have a person choose a new password, because theirs may be known; for those who administer the firm."""
    actor = _actor(request)
    if "person:end" not in actor.firm_verbs or person_id == actor.person_id:
        raise NotFound
    member = next((found for found in queries.people_of(actor) if found.person.id == person_id), None)
    if member is None:
        raise NotFound
    back = reverse("people:list", kwargs={"client_id": client_id})
    if request.method == "POST":
        actions.flag_password(actor, person_id=person_id)
        messages.success(request, _("They are signed out everywhere, and choose a new password when they sign in."))
        return redirect(back)
    return render(request, "people/flag_password.html", {"one": {"name": member.person.name}, "back_url": back})


def _recoveries(actor: Actor) -> list[dict[str, Any]]:
    """Return who lost what they sign in with: to be confirmed by a colleague here, or stopped once one did."""
    return [
        {
            "name": person.name,
            "asked_at": found.asked_at,
            "ready_at": found.ready_at,
            "url": reverse("people:recovery", kwargs={"client_id": actor.client_id, "person_id": person.id}),
        }
        for person, found in to_confirm(actor)
    ]


def _more(actor: Actor, client_id: UUID) -> list[dict[str, str]]:
    """Return where else it is decided who may what here."""
    where = {"client_id": client_id}
    found = [{"url": reverse("groups:list", kwargs=where), "words": _("Groups")}]
    if access.may(actor, "person:invite"):
        found.append({"url": reverse("people:import", kwargs=where), "words": _("Invite a list")})
    if access.may(actor, "provider:set"):
        found.append({"url": reverse("federation:list", kwargs=where), "words": _("Single sign-on")})
        found.append({"url": reverse("directory:directory", kwargs=where), "words": _("Directory")})
    if client_id != clients.firm_id() and access.may(actor, "link:list"):
        found.append({"url": reverse("documents:links", kwargs=where), "words": _("Links")})
    if client_id == clients.firm_id():
        found.append({"url": reverse("roles:list"), "words": _("Roles")})
    elif actor.kind == "staff" and access.may(actor, "manager-roles:set"):
        found.append({"url": reverse("groups:manager_roles", kwargs=where), "words": _("What managers may give")})
    return found


def _member(actor: Actor, member: Member, *, may_end: bool, is_delayed: bool) -> dict[str, Any]:
    person = member.person
    ending = may_end and person.id != actor.person_id and not (actor.kind == "contact" and member.kind == "staff")
    url = reverse("people:end", kwargs={"client_id": actor.client_id, "person_id": person.id})
    state, tone = (_("delayed"), "brass") if is_delayed and person.active else _state(person)
    lift = reverse("people:lift_delays", kwargs={"client_id": actor.client_id, "person_id": person.id})
    return {
        "id": person.id,
        "name": person.name,
        "email": person.email,
        "role": ", ".join(map(label, member.roles)),
        "groups": ", ".join(member.groups),
        "is_staff": member.kind == "staff",
        "is_you": person.id == actor.person_id,
        "purpose": member.purpose,
        "until": member.ends_at,
        "state": state,
        "state_tone": tone,
        "end_url": url if ending else None,
        "lift_url": lift if is_delayed and ending else None,
        "flag_url": _flag_url(actor, person.id),
    }


def _state(person: Person) -> tuple[str, str]:
    if not person.active:
        return _("shut out"), "red"
    return (_("active"), "green") if queries.has_factor(person.id) else (_("not enrolled"), "brass")


def _flag_url(actor: Actor, person_id: UUID) -> str | None:
    if "person:end" not in actor.firm_verbs or person_id == actor.person_id:
        return None
    return reverse("people:flag_password", kwargs={"client_id": actor.client_id, "person_id": person_id})


def _invitation(actor: Actor, found: Invitation) -> dict[str, Any]:
    return {
        "name": found.name,
        "email": found.email,
        "role": label(found.role),
        "expires_at": found.expires_at,
        "withdraw_url": reverse("people:withdraw", kwargs={"client_id": actor.client_id, "invitation_id": found.id}),
    }

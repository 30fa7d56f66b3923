"""Set by which services people of a client (or of the firm) sign in: add one, prove its domain, try it, switch it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.core.errors import Invalid, NotFound, PortalError
from muniment.trust.access import queries as access
from muniment.trust.access.types import permission
from muniment.trust.clients import queries as clients
from muniment.trust.federation import actions, fetching, forms, oidc, presets, queries, saml, speaking
from muniment.trust.federation.types import Settings
from muniment.trust.identity import queries as people


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined] # set by web.middleware.actors
    return actor


@permission("provider:set")
@require_GET
def listing(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Show the services."""
    shown = {
        "place_id": client_id,
        "rows": [
            {"row": row, "url": _address("provider", client_id, provider_id=row.id)}
            for row in queries.providers(_actor(request))
        ],
        "add_url": _address("choose", client_id),
        "back_url": reverse("people:list", kwargs={"client_id": client_id}),
    }
    return render(request, "federation/list.html", shown)


@permission("provider:set")
@require_GET
def choose(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Show which kinds of service there are."""
    offered = [{"name": one.name, "url": _address("new_openid", client_id, preset=one.key)} for one in presets.PRESETS]
    shown = {
        "offered": [*offered, {"name": _("A service that speaks SAML"), "url": _address("new_saml", client_id)}],
        "back_url": _address("list", client_id),
    }
    return render(request, "federation/choose.html", shown)


@permission("provider:set")
@require_http_methods(["GET", "HEAD", "POST"])
def new_openid(request: HttpRequest, client_id: UUID, preset: str) -> HttpResponse:
    """Add a service by the address of its issuer; what it says of itself is fetched at once."""
    kind = presets.preset(preset)
    if kind is None:
        raise NotFound
    initial = {"name": kind.name if preset != "other" else "", "issuer": kind.issuer, "vouches": kind.vouches}
    form = forms.NewOpenId(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        typed = form.cleaned_data
        settings: Settings = {name: typed[name].strip() for name in ("issuer", "client_id")}
        settings["vouches"] = typed["vouches"] and settings["issuer"] not in presets.OPEN_TO_ALL
        try:
            oidc.forget()
            oidc.discover(settings["issuer"])
        except PortalError as refusal:
            form.add_error("issuer", refusal.sentence)
        else:
            made = actions.add_provider(
                _actor(request), kind="oidc", name=typed["name"], settings=settings, secret=typed["secret"]
            )
            return redirect("federation:provider", client_id=client_id, provider_id=made.id)
    shown = {"form": form, "hint": kind.hint, "title": kind.name, "back_url": _address("choose", client_id)}
    return render(request, "federation/new.html", shown, status=422 if form.errors else 200)


@permission("provider:set")
@require_http_methods(["GET", "HEAD", "POST"])
def new_saml(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Add a service by its metadata."""
    posted = request.method == "POST"
    form = forms.NewSaml(request.POST if posted else None, request.FILES if posted else None)
    if form.is_valid():
        address, file = form.cleaned_data["metadata_url"].strip(), form.cleaned_data["metadata_file"]
        try:
            settings = saml.read_metadata(fetching.fetch_document(address) if address else file.read())
        except PortalError as refusal:
            form.add_error("metadata_url" if address else "metadata_file", refusal.sentence)
        else:
            made = actions.add_provider(
                _actor(request),
                kind="saml",
                name=form.cleaned_data["name"],
                settings={**settings, "metadata_url": address},
                expires_at=saml.ends_at(settings),
            )
            return redirect("federation:provider", client_id=client_id, provider_id=made.id)
    shown = {
        "form": form,
        "title": _("A service that speaks SAML"),
        "hint": _(
            "The service shows the address of its metadata, or lets you download it. The next page shows what it wants "
            "to know of the portal."
        ),
        "back_url": _address("choose", client_id),
        "has_file": True,
    }
    return render(request, "federation/new.html", shown, status=422 if form.errors else 200)


new_saml.file_bytes = forms.METADATA_BYTES  # type: ignore[attr-defined] # read by web.middleware.limits


@permission("provider:set")
@require_GET
def provider(request: HttpRequest, client_id: UUID, provider_id: UUID) -> HttpResponse:
    """Show one service and the steps until it is on."""
    return _page(request, client_id, provider_id)


@permission("provider:set")
@require_POST
def admitting(request: HttpRequest, client_id: UUID, provider_id: UUID) -> HttpResponse:
    """Decide whether people whom the service knows come in without an invitation."""
    form = _admitting(request, request.POST)
    if not form.is_valid():
        return _page(request, client_id, provider_id, admitting=form)
    actions.change_provider(_actor(request), provider_id=provider_id, **form.cleaned_data)
    messages.success(request, _("Saved."))
    return redirect("federation:provider", client_id=client_id, provider_id=provider_id)


@permission("provider:set")
@require_POST
def map_group(request: HttpRequest, client_id: UUID, provider_id: UUID) -> HttpResponse:
    """Say which role goes with a group of the service, or that none does any more."""
    actor = _actor(request)
    form = forms.MapGroup(request.POST, roles=_roles(actor))
    if not form.is_valid():
        return _page(request, client_id, provider_id, group=form)
    known = queries.provider(actor, provider_id).group_roles
    group, role = form.cleaned_data["group"], form.cleaned_data["role"]
    others = {name: kept for name, kept in known.items() if name != group}
    actions.change_provider(actor, provider_id=provider_id, group_roles={**others, **({group: role} if role else {})})
    messages.success(request, _("Saved. It counts from the next sign-in of each person on."))
    return redirect("federation:provider", client_id=client_id, provider_id=provider_id)


@permission("provider:set")
@require_POST
def switch(request: HttpRequest, client_id: UUID, provider_id: UUID) -> HttpResponse:
    """Switch a service on or off, or leave its people no other way in."""
    form = forms.Switch(request.POST)
    if not form.is_valid():
        raise Invalid
    try:
        actions.switch_provider(_actor(request), provider_id=provider_id, state=form.cleaned_data["state"])
    except PortalError as refusal:
        if refusal.status != 409:  # noqa: PLR2004 - what the page itself can explain
            raise
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("Saved. It counts from the next sign-in on."))
    return redirect("federation:provider", client_id=client_id, provider_id=provider_id)


@permission("provider:set")
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, client_id: UUID, provider_id: UUID) -> HttpResponse:
    """Ask, then remove a service."""
    if request.method == "POST":
        actions.remove_provider(_actor(request), provider_id=provider_id)
        messages.success(request, _("Removed. Its people sign in as before, or ask for a new password."))
        return redirect("federation:list", client_id=client_id)
    row = queries.provider(_actor(request), provider_id)
    shown = {"row": row, "back_url": _address("provider", client_id, provider_id=provider_id)}
    return render(request, "federation/remove.html", shown)


@permission("provider:set")
@require_POST
def add_domain(request: HttpRequest, client_id: UUID, provider_id: UUID) -> HttpResponse:
    """Name a domain."""
    form = forms.NewDomain(request.POST)
    if form.is_valid():
        try:
            actions.add_domain(_actor(request), provider_id=provider_id, name=form.cleaned_data["name"])
        except PortalError as refusal:
            if refusal.status not in {409, 422}:
                raise
            form.add_error("name", refusal.sentence)
        else:
            return redirect("federation:provider", client_id=client_id, provider_id=provider_id)
    return _page(request, client_id, provider_id, domain=form)


@permission("provider:set")
@require_POST
def prove_domain(request: HttpRequest, client_id: UUID, domain_id: UUID) -> HttpResponse:
    """Look for the proof of a domain."""
    try:
        found = actions.prove_domain(_actor(request), domain_id=domain_id)
    except PortalError as refusal:
        if refusal.status not in {409, 422}:
            raise
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("%s is proved.") % found.name)
    return _back(client_id, request)


@permission("provider:set")
@require_POST
def remove_domain(request: HttpRequest, client_id: UUID, domain_id: UUID) -> HttpResponse:
    """Take a domain away."""
    actions.remove_domain(_actor(request), domain_id=domain_id)
    messages.success(request, _("Removed."))
    return _back(client_id, request)


@permission("provider:set")
@require_POST
def unlink(request: HttpRequest, client_id: UUID, provider_id: UUID, person_id: UUID) -> HttpResponse:
    """Forget by which subject the service knows somebody."""
    actions.unlink_person(_actor(request), provider_id=provider_id, person_id=person_id)
    messages.success(request, _("Unlinked. Whom the service names next with their address, is linked."))
    return redirect("federation:provider", client_id=client_id, provider_id=provider_id)


def _page(
    request: HttpRequest,
    client_id: UUID,
    provider_id: UUID,
    *,
    domain: forms.NewDomain | None = None,
    admitting: forms.Admitting | None = None,
    group: forms.MapGroup | None = None,
) -> HttpResponse:
    actor = _actor(request)
    row = queries.provider(actor, provider_id)
    known = queries.known_people(actor, provider_id)
    names = people.people(person_id for person_id, _at in known)
    at: dict[str, Any] = {"provider_id": provider_id}
    is_saml = row.kind == "saml"
    shown = {
        "place_id": client_id,
        "row": row,
        "is_firm": client_id == clients.find_firm_id(),
        "domains": [_domain(client_id, found) for found in queries.domains(actor, provider_id)],
        "people": [
            {
                "name": names[person_id].name,
                "used_at": used_at,
                "unlink_url": _address("unlink", client_id, provider_id=provider_id, person_id=person_id),
            }
            for person_id, used_at in known
            if person_id in names
        ],
        "domain_form": domain or forms.NewDomain(),
        "admitting_form": admitting or _admitting(request, None, {"admits": row.admits, "role": row.role}),
        "group_form": group or forms.MapGroup(roles=_roles(actor)),
        "groups": [(name, people.role_label(role)) for name, role in sorted(row.group_roles.items())],
        "signed_out": "" if is_saml else speaking.address_of("ended", client_id, provider_id),
        "map_group_url": _address("map_group", client_id, **at),
        "callback": speaking.address_of("take" if is_saml else "answer", client_id, provider_id),
        "metadata": speaking.address_of("metadata", client_id, provider_id) if is_saml else "",
        "try_url": _address("try", client_id, **at),
        "switch_url": _address("switch", client_id, **at),
        "admitting_url": _address("admitting", client_id, **at),
        "add_domain_url": _address("add_domain", client_id, **at),
        "remove_url": _address("remove", client_id, **at),
        "renew_url": _address("renew", client_id, **at),
        "back_url": _address("list", client_id),
    }
    return render(request, "federation/provider.html", shown, status=422 if domain or admitting or group else 200)


def _domain(client_id: UUID, found: Any) -> dict[str, Any]:
    return {
        "row": found,
        "prove_url": _address("prove_domain", client_id, domain_id=found.id),
        "remove_url": _address("remove_domain", client_id, domain_id=found.id),
    }


def _admitting(request: HttpRequest, posted: Any, initial: dict[str, Any] | None = None) -> forms.Admitting:
    return forms.Admitting(posted, initial=initial, roles=_roles(_actor(request)))


def _roles(actor: Actor) -> list[tuple[str, str]]:
    """Return the roles that the actor may let people have who come by a service, the least capable first."""
    side = "firm" if actor.client_id == clients.find_firm_id() else "client"
    offered = [role.name for role in access.list_roles(side) if side == "client" or not role.administers]
    may_give = [name for name in offered if access.may_give(actor, name)]
    return [(name, people.role_label(name)) for name in reversed(may_give)]


def _back(client_id: UUID, request: HttpRequest) -> HttpResponse:
    """Return to the service whose domain it was, as the form says; to the list where it does not."""
    try:
        provider_id = ids.private(request.POST.get("provider", ""))
    except ValueError:
        return redirect("federation:list", client_id=client_id)
    return redirect("federation:provider", client_id=client_id, provider_id=provider_id)


def _address(page: str, client_id: UUID, **more: Any) -> str:
    return reverse(f"federation:{page}", kwargs={"client_id": client_id, **more})

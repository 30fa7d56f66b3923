"""The page of a client's directory: its address, its token, and what it has brought."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from muniment.core import clock, config, ids
from muniment.core.actor import Actor
from muniment.trust.access.types import permission
from muniment.trust.federation.scim import actions, forms, queries
from muniment.trust.identity import queries as identity

USUAL_DAYS = 180


@permission(queries.NEED)
@require_safe
def directory(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Show the address, the token there is, and what was brought."""
    actor = _actor(request)
    token = queries.token_of(actor)
    made_by = identity.people([token.made_by]).get(token.made_by) if token and token.made_by else None
    shown = {
        "token": token,
        "is_over": token is not None and token.is_over(clock.now()),
        "role": identity.role_label(token.role) if token else "",
        "made_by": made_by,
        "maker_is_gone": made_by is not None and not made_by.active,
        "counts": queries.directory_counts(actor),
        "address": f"{config.current().address}/scim/{ids.public(client_id)}/v2",
        "make_url": reverse("directory:make", kwargs={"client_id": client_id}),
        "revoke_url": reverse("directory:revoke", kwargs={"client_id": client_id}),
    }
    return render(request, "directory/directory.html", shown)


@permission(queries.NEED)
@require_http_methods(["GET", "POST"])
def make(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Ask, then make a token and show it this once; one there was ends."""
    actor = _actor(request)
    back = reverse("directory:directory", kwargs={"client_id": client_id})
    now = queries.token_of(actor)
    roles = tuple((role, identity.role_label(role)) for role in queries.roles_for_token(actor))
    begin = {"name": now.name, "role": now.role} if now else {}
    form = forms.MakeToken(
        request.POST if request.method == "POST" else None, roles=roles, initial={"days": USUAL_DAYS, **begin}
    )
    if not form.is_valid():
        shown = {"form": form, "back_url": back, "replaces": now is not None}
        return render(request, "directory/make.html", shown, status=422 if form.is_bound else 200)
    token = actions.make_token(actor, **form.cleaned_data)
    shown = {"token": token, "back_url": back, "days": form.cleaned_data["days"]}
    answer = render(request, "directory/made.html", shown)
    answer["Cache-Control"] = "no-store"
    return answer


@permission(queries.NEED)
@require_http_methods(["GET", "POST"])
def revoke(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Ask, then end the token."""
    actor = _actor(request)
    if request.method == "POST":
        actions.revoke_token(actor)
        messages.success(request, _("The token opens nothing any more. Whom the directory brought stay."))
        return redirect("directory:directory", client_id=client_id)
    token = queries.token_of(actor)
    if token is None:  # ended meanwhile
        return redirect("directory:directory", client_id=client_id)
    back = reverse("directory:directory", kwargs={"client_id": client_id})
    return render(request, "directory/revoke.html", {"token": token, "back_url": back})


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined] # set by web.middleware.actors
    return actor

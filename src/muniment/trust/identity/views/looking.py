"""Look at a client's space as one of its contacts sees it, and stop."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.trust.access.types import permission, personal
from muniment.trust.identity import actions, forms, looking, queries


@permission("client:look")
@require_http_methods(["GET", "HEAD", "POST"])
def look(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Ask as whom, and show the client's space as they see it."""
    actor: Actor = request.actor  # type: ignore[attr-defined] # put there by the middleware
    contacts = queries.contacts_to_look_as(actor)
    choices = tuple((ids.public(contact.id), f"{contact.name} ({contact.email})") for contact in contacts)
    form = forms.LookAs(request.POST if request.method == "POST" else None, people=choices)
    if not form.is_valid():
        shown = {
            "form": form,
            "has_contacts": bool(contacts),
            "back_url": reverse("clients:client", kwargs={"client_id": client_id}),
            "minutes": int(looking.LASTS.total_seconds()) // 60,
        }
        return render(request, "clients/look.html", shown, status=422 if form.is_bound else 200)
    contact_id = form.cleaned_data["person"]
    actions.look_as(actor, contact_id=contact_id)
    looking.begin(request.session, client_id, contact_id)
    return redirect("documents:list", client_id=client_id)


@personal("ends one's own look")
@require_POST
def end_look(request: HttpRequest) -> HttpResponse:
    """Look as oneself again."""
    look_before = looking.running(request.session)
    looking.end(request.session)
    return redirect("clients:client", client_id=look_before.client_id) if look_before else redirect("web:home")

"""Say why one opens the space of a client that one is not assigned to."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.trust.access import queries as access
from muniment.trust.access.types import personal
from muniment.trust.identity import actions, forms, purposes


@personal("what one says oneself; whether one may open anything is asked of each page", of_firm=True)
@require_http_methods(["GET", "HEAD", "POST"])
def purpose(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Ask why, keep it for this session for a while, and go on to the page that was wanted."""
    actor: Actor = request.actor  # type: ignore[attr-defined] # put there by the middleware
    if actor.kind != "staff" or not actor.verbs:
        raise NotFound
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None, require_https=True) and wanted.startswith("/")
    onward = wanted if safe else reverse("web:home")
    given = request.POST if request.method == "POST" else None
    form = forms.Purpose(given, allowed=access.purposes_to_state(actor))
    if not form.is_valid():
        shown = {"form": form, "next": onward, "back_url": reverse("web:home"), "hours": purposes.LASTS.seconds // 3600}
        return render(request, "account/purpose.html", shown, status=422 if form.is_bound else 200)
    said = actions.state_purpose(actor, purpose=form.cleaned_data["purpose"])
    purposes.keep(request.session, client_id, said)
    return redirect(onward)

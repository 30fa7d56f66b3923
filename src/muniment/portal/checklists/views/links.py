"""Let somebody without an account send a file for an item."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from muniment.portal.checklists import actions, queries
from muniment.portal.checklists.forms import LinkForm
from muniment.portal.checklists.requests import ActorRequest
from muniment.portal.checklists.views.shown import url
from muniment.trust.access.types import permission


@permission("checklist:send")
@require_http_methods(["GET", "HEAD", "POST"])
def send_link(request: ActorRequest, client_id: UUID, item_id: UUID) -> HttpResponse:
    """Ask for whom a link is, and mail it."""
    asked = queries.item(request.actor, item_id, "checklist:send")
    back = url("item", client_id, item_id=item_id)
    form = LinkForm(request.POST if request.method == "POST" else None, initial={"why": asked.title})
    if request.method != "POST" or not form.is_valid():
        context = {"form": form, "title": asked.title, "back_url": back}
        return render(request, "checklists/send_link.html", context, status=422 if form.is_bound else 200)
    given = form.cleaned_data
    actions.send_item_link(
        request.actor,
        item_id=item_id,
        email=given["email"],
        purpose=given["why"],
        until=given["until"],
        most_uses=given["uses"],
    )
    messages.success(request, _("The link is on its way."))
    return redirect(back)

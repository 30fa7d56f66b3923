"""The parts of the portal that a client has: shown to who administers, and switched."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods

from muniment.core.errors import Invalid
from muniment.trust.access import actions
from muniment.trust.access import queries as access
from muniment.trust.access.types import PARTS, permission
from muniment.trust.identity import queries as identity
from muniment.web.views.explaining.shown import actor_of

PART_WORDS = {
    "messages": (lazy("Messages"), lazy("Conversations between the client and the firm."), "messages-square"),
    "requests": (lazy("Requests"), lazy("Checklists: what the firm asks the client for."), "list-checks"),
    "tickets": (lazy("Ask for something"), lazy("What the client asks the firm for."), "hand-helping"),
    "projects": (lazy("Projects"), lazy("Stages and tasks that both follow."), "folder-kanban"),
}


class SwitchForm(forms.Form):
    """Which part, and whether it is to be on."""

    part = forms.ChoiceField(choices=[(part, part) for part in PARTS])
    on = forms.TypedChoiceField(choices=[("yes", ""), ("no", "")], coerce=lambda chosen: chosen == "yes")


@permission("part:switch")
@require_http_methods(["GET", "HEAD", "POST"])
def parts(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Show which parts of the portal a client has, and switch one off or on again."""
    actor = actor_of(request)
    if request.method == "POST":
        form = SwitchForm(request.POST)
        if not form.is_valid():
            raise Invalid
        is_on = form.cleaned_data["on"]
        actions.switch_part(actor, part=form.cleaned_data["part"], is_on=is_on)
        said = _("It is on again, with everything in it.") if is_on else _("It is off from the next click on.")
        messages.success(request, said)
        return redirect("parts:list", client_id=client_id)
    found = access.parts(actor)
    people = identity.people(one.switched_by for one in found)
    rows = [
        {
            "part": one.part,
            "title": PART_WORDS[one.part][0],
            "about": PART_WORDS[one.part][1],
            "icon": PART_WORDS[one.part][2],
            "is_on": one.is_on,
            "by": people[one.switched_by].name if one.switched_by in people else "",
            "at": one.switched_at,
        }
        for one in found
    ]
    back = reverse("clients:client", kwargs={"client_id": client_id})
    return render(request, "clients/parts.html", {"rows": rows, "back_url": back})

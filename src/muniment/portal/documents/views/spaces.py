"""Make a space of one of six kinds."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods

from muniment.portal.documents import actions
from muniment.portal.documents.label_forms import LABEL_WORDS, SpaceForm
from muniment.portal.documents.requests import ActorRequest
from muniment.portal.documents.spaces import GROUPS, LEADING, SPACES, Space
from muniment.portal.documents.views.shown import folder_url
from muniment.trust.access.types import permission

_WORDS = {
    "": lazy("nothing"),
    "viewer": lazy("opens"),
    "downloader": lazy("downloads"),
    "editor": lazy("changes"),
    "advisor": lazy("changes and shares"),
}


@permission("space:create")
@require_http_methods(["GET", "HEAD", "POST"])
def new_space(request: ActorRequest, client_id: UUID) -> HttpResponse:
    """Ask which kind of space is wanted, show what each role gets in it, and make it."""
    form = SpaceForm(request.POST if request.method == "POST" else None, initial={"kind": "projects"})
    if request.method != "POST" or not form.is_valid():
        context = {
            "form": form,
            "spaces": [_shown(space) for space in SPACES.values()],
            "back_url": folder_url(client_id, None),
        }
        return render(request, "documents/new_space.html", context, status=422 if form.is_bound else 200)
    made = actions.create_space(request.actor, **form.cleaned_data)
    messages.success(request, _("The space is made, and closed to everybody else."))
    return redirect(folder_url(client_id, made.id))


def _shown(space: Space) -> dict[str, Any]:
    return {
        "title": space.title,
        "label": LABEL_WORDS[space.label],
        "folders": ", ".join(space.folders),
        "gives": [
            (_("Advisors"), _WORDS[LEADING]),
            *((title, _WORDS[space.gives.get(role, "")]) for role, title in GROUPS.items()),
        ],
    }

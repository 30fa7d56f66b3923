"""In which language and zone one reads."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from muniment.core.actor import Actor
from muniment.trust.access.types import personal
from muniment.trust.identity import actions, forms


@personal("one's own language and zone")
@require_http_methods(["GET", "HEAD", "POST"])
def reading(request: HttpRequest) -> HttpResponse:
    """Show the language and the zone of one's pages and mails, and choose others."""
    actor: Actor = request.actor  # type: ignore[attr-defined] # set by web.middleware.actors
    person = request.user
    chosen = {"language": getattr(person, "language", ""), "zone": getattr(person, "zone", "")}
    form = forms.ReadingForm(request.POST if request.method == "POST" else None, initial=chosen)
    if form.is_valid():
        actions.choose_reading(actor, **form.cleaned_data)
        with translation.override(form.cleaned_data["language"] or translation.get_language()):
            messages.success(request, _("Saved. Pages and mails to you are like this from now on."))
        return redirect("account:index")
    shown = {"form": form, "back_url": reverse("account:index")}
    return render(request, "account/reading.html", shown, status=422 if form.is_bound else 200)

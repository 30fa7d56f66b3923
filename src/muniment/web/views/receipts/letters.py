"""Which letters about a client's log are sent: its managers choose, or those who administer."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods

from muniment.core.actor import Actor
from muniment.trust.access.types import permission
from muniment.trust.disclosure import actions, queries
from muniment.trust.identity import queries as identity


class LettersForm(forms.Form):
    """Which letters are sent."""

    weekly = forms.BooleanField(
        label=lazy("A letter a week, and one when a month's receipts are ready"),
        required=False,
        help_text=lazy(
            "To the client's managers: how much happened, and at its foot the signed head of the log. Who keeps these "
            "mails can show later that nothing was changed or removed."
        ),
    )
    receipts = forms.BooleanField(
        label=lazy("Receipts by themselves"),
        required=False,
        help_text=lazy(
            "To whoever of the client's people downloads, shares or exports: the receipt of it, as an attachment, "
            "a few minutes later."
        ),
    )


@permission("letters:set")
@require_http_methods(["GET", "HEAD", "POST"])
def letters(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Show which letters are sent, and change it."""
    actor: Actor = request.actor  # type: ignore[attr-defined] # put there by the middleware
    chosen = queries.letters_of(actor)
    if request.method == "POST":
        form = LettersForm(request.POST)  # an empty one switches both off
        form.full_clean()
        actions.set_letters(actor, weekly=form.cleaned_data["weekly"], receipts=form.cleaned_data["receipts"])
        messages.success(request, _("Saved."))
        return redirect("receipts:letters", client_id=client_id)
    form = LettersForm(initial={"weekly": chosen.weekly, "receipts": chosen.receipts})
    people = identity.people({chosen.set_by})
    context = {
        "form": form,
        "set_by": people[chosen.set_by].name if chosen.set_by in people else "",
        "set_at": chosen.set_at,
        "back_url": reverse("receipts:list", kwargs={"client_id": client_id}),
    }
    return render(request, "receipts/letters.html", context)

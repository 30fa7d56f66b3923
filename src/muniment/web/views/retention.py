"""How long a client's log says who did what: for those who administer."""

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
from muniment.trust.identity import queries as identity
from muniment.trust.retention import actions, queries
from muniment.trust.retention.types import LONGEST_MONTHS, USUAL, LogRetention


class RetentionForm(forms.Form):
    """Which rules apply to a client, and the periods where they are to be longer."""

    hipaa = forms.BooleanField(
        label=lazy("HIPAA applies: six years"), required=False, help_text=lazy("45 CFR 164.316(b)(2)(i)")
    )
    pci = forms.BooleanField(
        label=lazy("PCI DSS applies: twelve months"), required=False, help_text=lazy("PCI DSS 4.0, requirement 10.5.1")
    )
    private_months = forms.IntegerField(
        label=lazy("Months to keep who did it, and from where"),
        required=False,
        min_value=1,
        max_value=LONGEST_MONTHS,
        help_text=lazy("The person, the address, the device. Empty: 13, or what the rules above ask for."),
    )
    core_months = forms.IntegerField(
        label=lazy("Months to keep what was done"),
        required=False,
        min_value=1,
        max_value=LONGEST_MONTHS,
        help_text=lazy("The act, the thing, the purpose. Empty: 120, or what the rules above ask for."),
    )


@permission("log-retention:set")
@require_http_methods(["GET", "HEAD", "POST"])
def log_retention(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Show how long the log is kept, and change it."""
    actor: Actor = request.actor  # type: ignore[attr-defined] # put there by the middleware
    kept = queries.log_retention(actor)
    form = RetentionForm(request.POST or None, initial=_initial(kept))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        actions.set_log_retention(
            actor,
            rules=[name for name in ("hipaa", "pci") if given[name]],
            private_months=given["private_months"],
            core_months=given["core_months"],
        )
        messages.success(request, _("Saved. What is over its period is dropped during the night."))
        return redirect("retention:log", client_id=client_id)
    people = identity.people({kept.set_by} - {None})
    context = {
        "form": form,
        "kept": kept,
        "set_by": people[kept.set_by].name if kept.set_by in people else "",
        "back_url": reverse("clients:client", kwargs={"client_id": client_id}),
    }
    return render(request, "log/retention.html", context, status=422 if form.is_bound else 200)


def _initial(kept: LogRetention) -> dict[str, object]:
    """Return what the form begins with; a period that follows from the rules is left empty, so that it goes on to."""
    usual, own = USUAL.longest(kept.minimum), kept.periods
    return {
        **dict.fromkeys(kept.rules, True),
        "private_months": own.private_months if own.private_months != usual.private_months else None,
        "core_months": own.core_months if own.core_months != usual.core_months else None,
    }

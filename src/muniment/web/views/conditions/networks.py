"""The firm's named networks: which addresses conditions mean by a name."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_POST

from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.trust.access import actions, queries
from muniment.trust.access.errors import NetworkInvalid, ShutsOut
from muniment.trust.access.types import Network, personal
from muniment.trust.clients import queries as clients
from muniment.web.views.conditions.forms import LinesField
from muniment.web.views.keys import staff


class NetworkForm(forms.Form):
    """A name for ranges of addresses."""

    name = forms.CharField(
        label=lazy("Name"),
        max_length=80,
        help_text=lazy("A new name; or one that is listed, to give it other addresses."),
    )
    cidrs = LinesField(
        label=lazy("Addresses"),
        max_length=10_000,
        help_text=lazy("One a line: 203.0.113.0/24, 2001:db8:5::/48, or a single address."),
    )
    is_blocked = forms.BooleanField(
        label=lazy("Nobody comes in from here"),
        required=False,
        help_text=lazy(
            "For everybody and every client, at once. The network that you come from yourself cannot be closed."
        ),
    )


class NameForm(forms.Form):
    """Which network."""

    name = forms.CharField(max_length=80)


@personal("the action itself asks for network:set in the firm")
@require_http_methods(["GET", "HEAD", "POST"])
def networks(request: HttpRequest) -> HttpResponse:
    """List the named networks, add one, or give one other ranges."""
    actor = _in_firm(request)
    known = queries.networks()
    form = NetworkForm(request.POST or None, initial=_initial(request, known))
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_network(actor, **form.cleaned_data)
        except (NetworkInvalid, ShutsOut) as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("Saved. It counts from the next click on."))
            return redirect("conditions:networks")
    context = {
        "form": form,
        "rows": known,
        "here": actor.ip,
        "back_url": reverse("conditions:overview"),
    }
    return render(request, "conditions/networks.html", context, status=422 if form.is_bound else 200)


@personal("the action itself asks for network:set in the firm")
@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    """End a network."""
    form = NameForm(request.POST)
    if not form.is_valid():
        raise NotFound
    actions.remove_network(_in_firm(request), name=form.cleaned_data["name"])
    messages.success(request, _("Removed."))
    return redirect("conditions:networks")


def _initial(request: HttpRequest, known: tuple[Network, ...]) -> dict[str, Any]:
    """Return what the form begins with: the network of the name in the address, if there is one."""
    asked = NameForm(request.GET)
    name = asked.cleaned_data["name"] if asked.is_valid() else ""
    found = next((network for network in known if network.name == name), None)
    return {"name": found.name, "cidrs": found.cidrs, "is_blocked": found.is_blocked} if found else {}


def _in_firm(request: HttpRequest) -> Actor:
    actor = staff(request)
    if "network:set" not in actor.firm_verbs:
        raise NotFound
    return actor.within(clients.firm_id())

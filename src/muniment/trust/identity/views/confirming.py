"""Ask again who it is, before how they sign in changes."""

import functools
from collections.abc import Callable
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode

from muniment.core import clock
from muniment.trust.identity import actions, models, queries
from muniment.trust.identity.stepping_up.ways import ways
from muniment.trust.identity.steps import deciding

View = Callable[..., HttpResponse]
BEGUN_SECONDS = 3600  # to install an app on a phone takes its time


def confirmed_by_code(view: View) -> View:
    """Let a view run only within 15 minutes of a code or passkey given for it, which a stolen session does not have.

    A form sent later is not kept: it is shown again afterwards.
    """

    @functools.wraps(view)
    def ask(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs) if is_confirmed(request) else to_confirm(request)

    return ask


def is_confirmed(request: HttpRequest) -> bool:
    """Return whether the person has confirmed since they signed in, lately, with more than the password."""
    moments = [
        record["at"]
        for record in get_authentication_records(request, request.user)
        if record.get("reauthenticated") and (record.get("method") == "mfa" or record.get("strong") is True)
    ]
    return bool(moments) and clock.now().timestamp() - moments[-1] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def before_enrolling(request: HttpRequest, *, has_begun: bool = False) -> HttpResponse | None:
    """Lead somebody who is about to enrol a factor to where they show that it is them; None where they go on.

    Who has a factor confirms by it. Who has none but is in all the same (their clients ask for none, or for a code by
    mail) has signed in a few minutes ago: or a stolen session would make its own proof, and keep it. Who `has_begun`
    has an hour for it.
    """
    person = request.user
    if not isinstance(person, models.Person) or is_confirmed(request):
        return None
    if queries.has_factor(person.id):
        return to_confirm(request)
    if not deciding.suffices(request, person) or _signed_in_lately(request, has_begun=has_begun):
        return None
    if ways(request):
        return to_confirm(request)
    actions.sign_out(queries.actor_for(request, None))
    logout(request)
    return redirect_to_login(request.path)


def _signed_in_lately(request: HttpRequest, *, has_begun: bool) -> bool:
    moments = [record["at"] for record in get_authentication_records(request, request.user)]
    seconds = BEGUN_SECONDS if has_begun else settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    return bool(moments) and clock.now().timestamp() - max(moments) < seconds


def to_confirm(request: HttpRequest) -> HttpResponse:
    """Lead to the page that asks, and back to this one."""
    response = redirect("mfa_reauthenticate")
    response["Location"] += "?" + urlencode({"next": request.path})
    return response

"""Ask again who it is, before how they sign in changes."""

import functools
from collections.abc import Callable
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode

from muniment.core import clock

View = Callable[..., HttpResponse]


def confirmed_by_code(view: View) -> View:
    """Let a view run only within 15 minutes of a code typed for it, which a stolen session does not have.

    A form sent later is not kept: it is shown again after the code.
    """

    @functools.wraps(view)
    def ask(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        moments = [
            record["at"]
            for record in get_authentication_records(request, request.user)
            if record.get("reauthenticated") and record.get("method") == "mfa"
        ]
        if moments and clock.now().timestamp() - moments[-1] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT:
            return view(request, *args, **kwargs)
        response = redirect("mfa_reauthenticate")
        response["Location"] += "?" + urlencode({"next": request.path})
        return response

    return ask

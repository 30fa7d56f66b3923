"""Let a person in past a delay that somebody's failures brought: by a link from the mail that told them of it."""

import secrets

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from muniment.trust.access.types import public, unlogged
from muniment.trust.identity import actions, limits, proving, queries
from muniment.trust.identity.errors import LinkOver


@login_not_required
@public("by a one-use link from a mail")
@unlogged("an empty form; letting somebody in leaves an entry of its own")
@sensitive_variables("secret")
@require_http_methods(["GET", "POST"])
def let_in(request: HttpRequest, secret: str) -> HttpResponse:
    """Ask, because programs that read mails open links too; then let this browser try at once."""
    if request.method != "POST":
        return render(request, "account/way_in.html")
    trial = proving.link(request, "way-in")
    browser = secrets.token_urlsafe(32)
    try:
        actions.take_way_in(queries.visitor(request), secret=secret, browser=browser)
    except LinkOver:
        return render(request, "account/way_in.html", {"is_over": True}, status=LinkOver.status)
    trial.passed()
    response = redirect("account_login")
    response.set_cookie(
        proving.LET_IN, browser, max_age=limits.DAY_SECONDS, secure=True, httponly=True, samesite="Strict"
    )
    return response

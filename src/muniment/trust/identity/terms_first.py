"""Who must accept terms sees them before anything else."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from muniment.trust.identity import models
from muniment.trust.presentation import queries as presentation

KEPT = "terms"  # where the session keeps which version was accepted, so that nothing has to be asked
OPEN = frozenset({"terms:read", "terms:accept", "terms:versions", "terms:version", "account:stay"})


def asked_first(request: HttpRequest, person: models.Person, name: str) -> HttpResponseBase | None:
    """Return the way to the terms where this person has to accept some; None where they may go on to the page `name`.

    A form that was sent is not kept: nothing is done before they accepted.
    """
    due = presentation.terms_for(person.kind)
    if due is None or name in OPEN or getattr(request.resolver_match.func, "public", None):  # type: ignore[union-attr] # a page was found
        return None
    if request.session.get(KEPT) == due.number:
        return None
    if presentation.has_accepted(person.id, due.id):
        request.session[KEPT] = due.number
        return None
    is_part = "HX-Request" in request.headers
    onward = request.get_full_path() if request.method in {"GET", "HEAD"} and not is_part else "/"
    address = f"{reverse('terms:read')}?{urlencode({'next': onward})}"
    return HttpResponse(headers={"HX-Redirect": address}) if is_part else redirect(address)

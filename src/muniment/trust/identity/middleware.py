"""Everyone has a second factor: without one, only enrolment is open."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from muniment.trust.identity import models, queries

CODES = "new recovery codes"  # where the session keeps them, sealed, while they are shown
ALWAYS = frozenset({"account_logout", "web:theme"})
ENROLMENT = ALWAYS | {"mfa_activate_totp"}
SHOWING_CODES = ALWAYS | {"mfa_view_recovery_codes", "mfa_download_recovery_codes"}
NEW_PASSWORD = ALWAYS | {"account_change_password"}


class RequireFactor:
    """Lets a signed-in person see nothing but enrolment until the second factor was proved in this session.

    And nothing but a new password once theirs was flagged as known to others.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Take the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Go on; the view is known in `process_view`."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Send the person to what is missing."""
        person = request.user
        if not isinstance(person, models.Person):
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        if not {"totp", "recovery_codes"} & set(queries.factors(request)):
            return self._enrol(request, person, name)
        if CODES in request.session and name not in SHOWING_CODES:
            del request.session[CODES]  # the person went on: they were shown once
        if person.password_flagged_at is not None and name not in NEW_PASSWORD:
            return redirect("account_change_password")
        return None

    @staticmethod
    def _enrol(request: HttpRequest, person: models.Person, name: str) -> HttpResponseBase | None:
        if queries.has_factor(person.id):
            logout(request)  # enrolled elsewhere meanwhile: this session never proved the factor
            return redirect("account_login")
        return None if name in ENROLMENT else redirect("mfa_activate_totp")

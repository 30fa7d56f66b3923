"""Everyone passes the second step that their clients ask for: without a factor for it, only enrolment is open."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from muniment.trust.identity import actions, delegation, devices, models, queries
from muniment.trust.identity.errors import SignsInElsewhere
from muniment.trust.identity.steps import deciding, moving

CODES = "new recovery codes"  # where the session keeps them, sealed, while they are shown
UNATTENDED = "Muniment-Unattended"  # said by a page that asks again by itself: nobody is there for it
BY_LINK = frozenset(  # what whoever has the mail may do, signed in or not
    {
        "not_me",
        "stop_recovery_by_link",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
    }
)
ALWAYS = BY_LINK | {"account_logout", "web:theme"}
ENROLMENT = ALWAYS | {"mfa_activate_totp", "mfa_add_webauthn"}
SHOWING_CODES = ALWAYS | {"mfa_view_recovery_codes", "mfa_download_recovery_codes"}
NEW_PASSWORD = ALWAYS | {"account_change_password"}


class RequireFactor:
    """Lets a signed-in person see nothing but enrolment until the second step was passed, or was not asked for.

    And nothing before they proved it again in another country or browser, or but a new password once theirs was
    flagged as known to others.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Take the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Go on; the view is known in `process_view`. Who signed in takes along what their device is known by."""
        response = self.get_response(request)
        devices.hand_over(request, response)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Send the person to what is missing."""
        if UNATTENDED not in request.headers:
            request.session.touch()  # type: ignore[attr-defined] # our session store
        person = request.user
        if not isinstance(person, models.Person):
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        if not deciding.suffices(request, person):
            return self._enrol(request, person, name)
        if not request.path.startswith(reverse("account_reauthenticate")) and name not in ALWAYS:
            proved_at = queries.proved_at(request)
            if moving.has_moved(request, proved_at.timestamp() if proved_at else 0):
                return self._prove_again(request, person)
        if CODES in request.session and name not in SHOWING_CODES:
            del request.session[CODES]  # the person went on: they were shown once
        if person.password_flagged_at is not None and name not in NEW_PASSWORD and _has_password(person):
            return redirect("account_change_password")
        return None

    @staticmethod
    def _prove_again(request: HttpRequest, person: models.Person) -> HttpResponseBase:
        """Ask who it is, in another country or another browser; who has no factor signs in again."""
        way = "account_reauthenticate"
        if not queries.has_factor(person.id):
            _end(request)
            way = "account_login"
        onward = (
            request.get_full_path()
            if request.method in {"GET", "HEAD"} and "HX-Request" not in request.headers
            else "/"
        )
        address = f"{reverse(way)}?{urlencode({'next': onward})}"
        if "HX-Request" in request.headers:
            return HttpResponse(headers={"HX-Redirect": address})
        return redirect(address)

    @staticmethod
    def _enrol(request: HttpRequest, person: models.Person, name: str) -> HttpResponseBase | None:
        if queries.has_factor(person.id):
            _end(request)  # enrolled elsewhere meanwhile: this session never proved the factor
            return redirect("account_login")
        return None if name in ENROLMENT else redirect("mfa_activate_totp")


def _has_password(person: models.Person) -> bool:
    """Return whether a password signs the person in at all: not where their organisation alone does."""
    try:
        delegation.insist_here(person.email, person.id)
    except SignsInElsewhere:
        return False
    return True


def _end(request: HttpRequest) -> None:
    """End a session, and write it down."""
    actions.sign_out(queries.actor_for(request, None))
    logout(request)

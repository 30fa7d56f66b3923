"""How the sign-in library (allauth) works here: our limits, our log, our seals."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from muniment.trust.identity import actions, models, origin, proving, queries
from muniment.trust.identity.errors import ProofNeeded, SignsInElsewhere, TooManyTries
from muniment.trust.identity.steps import arriving
from muniment.trust.identity.steps.stages import STAGES


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc] # published without types
    """Sign-up closed, sign-in by address and password under our limits, every session with an entry."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People come by invitation alone."""
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """Return whose address and password these are.

        Raises:
            ValidationError: too many tries, a sum first, or their organisation alone signs them in; the form shows it.
        """
        try:
            return proving.password(request, credentials.get("email", ""), credentials.get("password", ""))
        except TooManyTries as refusal:
            raise self.validation_error("too_many_login_attempts") from refusal
        except (SignsInElsewhere, ProofNeeded) as refusal:
            raise ValidationError(refusal.sentence, code=refusal.code) from refusal

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Begin the session under a new key, and write it down with it or not at all."""
        with transaction.atomic():
            place = queries.visitor(request)
            request.session.device = {"ip": place.ip, "device": place.device, "country": place.country}  # type: ignore[attr-defined] # our session store
            super().login(request, user)
            is_new = isinstance(user, models.Person) and arriving.recognise(request, user)
            actions.sign_in(queries.actor_for(request, None), new_device=is_new)
            if isinstance(user, models.Person):
                arriving.welcome(request, user, is_new=is_new)

    def get_login_stages(self) -> list[str]:
        """Return what comes between the right password and a session."""
        return STAGES

    def logout(self, request: HttpRequest) -> None:
        """End the session, and write it down."""
        actions.sign_out(queries.actor_for(request, None))
        super().logout(request)

    def respond_user_inactive(self, request: HttpRequest, user: AbstractBaseUser) -> HttpResponse:
        """Treat a person who was disabled in the middle of signing in as nobody."""
        return redirect("account_login")

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address, believing only declared proxies."""
        return origin.ip(request)

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing by itself: the library's messages name addresses; our views say what happened."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send nothing by itself: the actions write the letters."""


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc] # published without types
    """What an app calls an account. Secrets are sealed by the column that keeps them: see `seals`."""

    def get_totp_label(self, user: AbstractBaseUser) -> str:
        """Return the name under which an app lists this account."""
        return user.email if isinstance(user, models.Person) else ""

    def get_totp_issuer(self) -> str:
        """Return the firm's name, so that a person with several portals tells them apart."""
        names = queries.company_names([])
        return names[0] if names else "Muniment"

"""Sign in and out: the sign-in library's views with our forms, declared for what they are."""

from typing import Any

from allauth.account.views import LoginView, LogoutView
from allauth.mfa.base.views import AuthenticateView
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse

from muniment.trust.access.types import public, unlogged
from muniment.trust.identity import forms, proving, queries
from muniment.trust.identity.errors import ProofNeeded, TooManyTries
from muniment.trust.identity.passkeys.queries import has_passkey

_nobody_yet = unlogged("nobody is known yet and nothing is shown; every try and every sign-out leaves its own entry")


class SignInView(LoginView):  # type: ignore[misc] # published without types
    """The first step: address and password. What was refused for the number of tries says so in its status too."""

    def form_invalid(self, form: Any) -> HttpResponse:
        """Show the form again."""
        response: HttpResponse = super().form_invalid(form)
        codes = {error.code for error in form.non_field_errors().as_data()}
        for code, status in (("too_many_login_attempts", TooManyTries.status), (ProofNeeded.code, ProofNeeded.status)):
            if code in codes:
                response.status_code, response.rule = status, code.replace("_", "-")  # type: ignore[attr-defined] # for the log
        return response

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form; where much failed from here, the sum can be done while somebody types."""
        proving.ask_beforehand(request)
        response: HttpResponse = super().get(request, *args, **kwargs)
        return response


class CodeView(AuthenticateView):  # type: ignore[misc] # published without types
    """The second step: a code of ours alone; passkeys and keys have a page of their own, with our limits."""

    def _build_forms(self) -> forms.Code | None:
        data = self.request.POST if self.request.method == "POST" else None
        self.webauthn_form = None
        self.auth_form = forms.Code(data, user=self.stage.login.user)
        return self.auth_form if data is not None else None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say which ways the person has."""
        person_id = self.stage.login.user.pk
        more = {"has_passkey": has_passkey(person_id), "has_app": queries.has_app(person_id)}
        return {**super().get_context_data(**kwargs), **more}


sign_in = _nobody_yet(public("where signing in begins")(SignInView.as_view()))
code = _nobody_yet(public("the second step of signing in")(CodeView.as_view()))
sign_out = login_not_required(
    _nobody_yet(public("ends the visitor's own session, if there is one")(LogoutView.as_view()))
)

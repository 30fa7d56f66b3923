"""Sign in and out: the sign-in library's views with our forms, declared for what they are."""

from allauth.account.views import LoginView, LogoutView, ReauthenticateView
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.base.views import ReauthenticateView as ConfirmCodeView
from django.contrib.auth.decorators import login_not_required

from muniment.trust.access.types import personal, public, unlogged
from muniment.trust.identity import forms

_nobody_yet = unlogged("nobody is known yet and nothing is shown; every try and every sign-out leaves its own entry")

sign_in = _nobody_yet(public("where signing in begins")(LoginView.as_view()))
code = _nobody_yet(public("the second step of signing in")(AuthenticateView.as_view(form_class=forms.Code)))
sign_out = login_not_required(
    _nobody_yet(public("ends the visitor's own session, if there is one")(LogoutView.as_view()))
)
confirm = personal("proves again who is signed in")(ReauthenticateView.as_view())
confirm_code = personal("proves again who is signed in")(ConfirmCodeView.as_view(form_class=forms.ConfirmCode))

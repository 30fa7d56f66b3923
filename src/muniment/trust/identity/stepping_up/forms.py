"""What is typed to confirm who one is."""

from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from muniment.trust.identity import models, proving
from muniment.trust.identity.errors import ProofNeeded, TooManyTries


class ConfirmCode(forms.Form):
    """A code of the app, or a recovery code, under the limits of signing in; `proof` is what it belongs to."""

    proof: Authenticator | None = None
    code = forms.CharField(
        label=_("Code from your authenticator app"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, request: HttpRequest, person: models.Person, **kwargs: Any) -> None:
        """Take who says that it is them."""
        self.request, self.person = request, person
        super().__init__(*args, **kwargs)

    def clean_code(self) -> str:
        """Refuse a code that does not fit or was used."""
        typed: str = self.cleaned_data["code"]
        try:
            self.proof = proving.code(self.request, self.person, typed)
        except TooManyTries as refusal:
            raise ValidationError(refusal.sentence, code="too-many-tries") from refusal
        except ProofNeeded as refusal:
            raise ValidationError(refusal.sentence, code=refusal.code) from refusal
        if self.proof is None:
            raise ValidationError(_("This code does not fit, or was used already. Wait for the next."), code="wrong")
        self.proof.user = self.person
        return typed

"""What people type to sign in, join and manage people. Rules are in the actions; forms say them early and kindly."""

from datetime import datetime, time
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from muniment.core import clock, ids
from muniment.core.days import DayField
from muniment.trust.identity import models, proving
from muniment.trust.identity.errors import ProofNeeded, TooManyTries
from muniment.trust.identity.strength.forms import ChangePassword, Join, NewPassword, ResetPassword, SetUp

__all__ = ["ChangePassword", "Join", "NewPassword", "ResetPassword", "SetUp"]  # beside what stands below

LONGEST_NAME = 200


class AskReset(forms.Form):
    """The address to mail a link to."""

    email = forms.EmailField(
        label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "username", "spellcheck": "false"})
    )


class GuestCode(forms.Form):
    """The code from the mail that a guest asked for."""

    code = forms.CharField(
        label=_("Code from the mail"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}),
    )


class Nothing(forms.Form):
    """A button."""


class FirstCode(forms.Form):
    """The first code of an authenticator app that is being set up."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, request: HttpRequest, secret: str, **kwargs: Any) -> None:
        """Take the secret that the app was given."""
        self.request, self.secret = request, secret
        super().__init__(*args, **kwargs)

    def clean_code(self) -> str:
        """Refuse a code that does not fit."""
        typed: str = self.cleaned_data["code"]
        person = self.request.user
        if not isinstance(person, models.Person) or not proving.first_code(self.request, person, self.secret, typed):
            raise ValidationError(
                _("This code does not fit. Wait for the next one, and check the clock."), code="wrong"
            )
        return typed


def _proved(form: Any) -> str:
    """Check the code of a form of the sign-in library our way, and put the authenticator where it looks for it."""
    from allauth.core import context  # noqa: PLC0415 - the library's own way to the request

    typed: str = form.cleaned_data["code"]
    try:
        found = proving.code(context.request, form.user, typed)
    except TooManyTries as refusal:
        raise get_adapter().validation_error("too_many_login_attempts") from refusal
    except ProofNeeded as refusal:
        raise ValidationError(refusal.sentence, code=refusal.code) from refusal
    if found is None:
        raise get_adapter().validation_error("incorrect_code")
    found.user = form.user
    form.authenticator = found
    return typed


class Code(AuthenticateForm):  # type: ignore[misc] # published without types
    """The second step of signing in, under our limits, with our use-once."""

    def clean_code(self) -> str:
        """Refuse a code that does not fit or was used."""
        return _proved(self)


class Given(forms.Form):
    """What a person gets in a space: a role, a reason that the client sees, and an end."""

    role = forms.ChoiceField(label=_("Role"))
    purpose = forms.CharField(
        label=_("Why"),
        max_length=500,
        help_text=_("The client sees this reason beside everything the person does."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    until = DayField(
        label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, roles: tuple[tuple[str, str], ...], **kwargs: Any) -> None:
        """Take the roles to choose from: (name, label)."""
        super().__init__(*args, **kwargs)
        _offer(self.fields["role"], roles)

    def clean_until(self) -> datetime | None:
        """Return the moment after the day that was chosen, which is the last one."""
        day = self.cleaned_data["until"]
        if day is None:
            return None
        until = datetime.combine(day, time.max, tzinfo=timezone.get_current_timezone())
        if until <= clock.now():
            raise ValidationError(_("The last day must not be over."), code="past")
        return until


class Invite(Given):
    """Whom to invite, as what, why and until when."""

    name = forms.CharField(
        label=_("Name"), max_length=LONGEST_NAME, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    email = forms.EmailField(
        label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    )
    field_order = ("name", "email", "role", "purpose", "until")


class Assign(Given):
    """Who of the firm works for a client, as what, why and until when."""

    person = forms.TypedChoiceField(label=_("Who"), coerce=ids.private)
    field_order = ("person", "role", "purpose", "until")

    def __init__(self, *args: Any, people: tuple[tuple[str, str], ...], **kwargs: Any) -> None:
        """Take the people to choose from: (public id, name)."""
        super().__init__(*args, **kwargs)
        _offer(self.fields["person"], people)


def _offer(field: forms.Field, choices: tuple[tuple[str, str], ...]) -> None:
    if isinstance(field, forms.ChoiceField):
        field.choices = list(choices)


class LookAs(forms.Form):
    """As which contact to look."""

    person = forms.TypedChoiceField(label=_("As"), coerce=ids.private)

    def __init__(self, *args: Any, people: tuple[tuple[str, str], ...], **kwargs: Any) -> None:
        """Take the people to choose from: (public id, name)."""
        super().__init__(*args, **kwargs)
        _offer(self.fields["person"], people)


class Purpose(forms.Form):
    """Why somebody of the firm opens a client's space."""

    purpose = forms.CharField(
        label=_("Purpose"),
        max_length=200,
        help_text=_("In words the client understands, such as: Ms Okoye asked us to add a colleague."),
    )

    def __init__(self, *args: Any, allowed: tuple[str, ...] = (), **kwargs: Any) -> None:
        """Take the purposes to choose from; without any, words of one's own will do."""
        super().__init__(*args, **kwargs)
        if allowed:
            self.fields["purpose"] = forms.ChoiceField(label=_("Purpose"), choices=[(word, word) for word in allowed])

"""Where new passwords are typed. The actions refuse a weak one; forms say so early and kindly, as one types."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from muniment.trust.identity import models, passwords, proving
from muniment.trust.identity.errors import ProofNeeded
from muniment.trust.identity.strength.owners import owner_joining, owner_of

LONGEST_PASSWORD = 256  # of what is typed; Argon2 would take any length, a flood of it would take time
LONGEST_NAME = 200
JUDGED = {"data-judged": ""}  # the script of the meter looks for it


def _password(label: Any, autocomplete: str, **attributes: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        strip=False,
        max_length=LONGEST_PASSWORD,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete, **attributes}),
    )


class NewPassword(forms.Form):
    """A new password, typed once: every browser can show it. Subclasses say whose it is to be."""

    password1 = _password(_("New password"), "new-password", **JUDGED)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Say what is demanded of whose password it is."""
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = self.owner().rules.hint()

    def owner(self) -> passwords.Owner:
        """Return whose password it is to be, as far as the fields typed so far tell."""
        return passwords.Owner()

    def typed(self, name: str) -> str:
        """Return a field as it was typed, before it is known to be valid."""
        return str(self.data.get(self.add_prefix(name), ""))[:LONGEST_PASSWORD]

    def clean(self) -> dict[str, Any]:
        """Show what is wrong with the password beside its field."""
        cleaned = super().clean() or {}
        if cleaned.get("password1"):
            for problem in passwords.problems(cleaned["password1"], self.owner()):
                self.add_error("password1", problem)
        return cleaned


class ChangePassword(NewPassword):
    """The old password and a new one."""

    oldpassword = _password(_("Current password"), "current-password")
    field_order = ("oldpassword", "password1")

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        """Take the request: the old password is proved as at sign-in, under the same limits."""
        self.request = request
        super().__init__(*args, **kwargs)

    def owner(self) -> passwords.Owner:
        """Return who is signed in."""
        person = self.request.user
        return owner_of(person) if isinstance(person, models.Person) else passwords.Owner()

    def clean_oldpassword(self) -> str:
        """Refuse another password than the person's own."""
        typed: str = self.cleaned_data["oldpassword"]
        person = self.request.user
        try:
            found = proving.password(self.request, person.email, typed) if isinstance(person, models.Person) else None
        except ProofNeeded as refusal:
            raise ValidationError(refusal.sentence, code=refusal.code) from refusal
        if found is None or found != person:
            raise ValidationError(_("This is not your current password."), code="wrong")
        return typed

    def clean(self) -> dict[str, Any]:
        """Refuse the password that the person has now."""
        cleaned = super().clean()
        if cleaned.get("password1") and cleaned["password1"] == cleaned.get("oldpassword"):
            self.add_error("password1", _("This is the password you have now."))
        return cleaned


class ResetPassword(NewPassword):
    """A new password, by a link from a mail."""

    def __init__(self, *args: Any, person: models.Person, **kwargs: Any) -> None:
        """Take whose password it is."""
        self.person = person
        super().__init__(*args, **kwargs)

    def owner(self) -> passwords.Owner:
        """Return whose password it is."""
        return owner_of(self.person)


class Join(NewPassword):
    """Name and password of somebody who joins by invitation."""

    name = forms.CharField(
        label=_("Your name"), max_length=LONGEST_NAME, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    field_order = ("name", "password1")

    def __init__(self, *args: Any, email: str, kind: str, client_id: UUID, **kwargs: Any) -> None:
        """Take the invited address, and where it is invited to as what."""
        self.invited = (kind, client_id, email)
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = _("A password")

    def owner(self) -> passwords.Owner:
        """Return who joins."""
        return owner_joining(*self.invited, name=self.typed("name"))


class SetUp(NewPassword):
    """The firm and its first super admin."""

    firm = forms.CharField(
        label=_("Name of the firm"),
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    name = forms.CharField(
        label=_("Your name"), max_length=LONGEST_NAME, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=_("Your e-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "username", "spellcheck": "false"}),
    )
    field_order = ("firm", "name", "email", "password1")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the password."""
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = _("A password")

    def owner(self) -> passwords.Owner:
        """Return who sets the portal up."""
        return passwords.Owner(self.typed("name"), self.typed("email"), (self.typed("firm"),))

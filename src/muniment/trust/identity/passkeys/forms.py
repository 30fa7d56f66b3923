"""What a browser sends of a passkey or security key, and what people call it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from muniment.trust.identity.passkeys.actions import LONGEST_NAME


class Answer(forms.Form):
    """The answer of an authenticator, put in by a script."""

    credential = forms.CharField(max_length=20_000, widget=forms.HiddenInput)


class Name(forms.Form):
    """What a passkey or security key is called."""

    name = forms.CharField(
        label=_("Name"),
        max_length=LONGEST_NAME,
        help_text=_("So that you know it again: the phone, computer or key it is on."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class New(Name):
    """A new one: its name, whether it is a passkey or a security key, and the answer of the authenticator."""

    kind = forms.ChoiceField(choices=[("passkey", "passkey"), ("key", "key")], widget=forms.HiddenInput)
    credential = forms.CharField(max_length=20_000, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take the form as it was sent, or what it begins with."""
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["maxlength"] = str(LONGEST_NAME)


class FirstOne(New):
    """The same as somebody's very first: named after the device, so that there is only a button to press."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Hide the name."""
        super().__init__(*args, **kwargs)
        self.fields["name"].widget = forms.HiddenInput()

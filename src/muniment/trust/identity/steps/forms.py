"""What people type and tick in the second step."""

from django import forms
from django.utils.translation import gettext_lazy as _


class OwnDevice(forms.Form):
    """Whether this is the person's own device, which need not ask again for some days."""

    own_device = forms.BooleanField(label=_("This is my own device"), required=False)


class MailedCode(forms.Form):
    """The code from the mail."""

    code = forms.CharField(
        label=_("Code from the mail"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}),
    )

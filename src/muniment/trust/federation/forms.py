"""What people type about single sign-on."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST = 2000
METADATA_BYTES = 200 * 1024


class Organisation(forms.Form):
    """The address by which an organisation is found."""

    email = forms.EmailField(
        label=_("Your work e-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "username", "spellcheck": "false"}),
    )


class NewOpenId(forms.Form):
    """A provider that speaks OpenID Connect."""

    name = forms.CharField(label=_("Name on the button"), max_length=80)
    issuer = forms.CharField(
        label=_("Address of the service (issuer)"),
        max_length=LONGEST,
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    client_id = forms.CharField(
        label=_("Client ID"), max_length=300, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    secret = forms.CharField(
        label=_("Client secret"),
        max_length=1000,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Kept sealed, and never shown again. Leave it empty if the service gave none."),
    )
    vouches = forms.BooleanField(
        label=_("It is this organisation's own directory"),
        required=False,
        help_text=_(
            "Its addresses then count as theirs even where the service does not say that it checked them. Never for a "
            "service at which everybody can open an account."
        ),
    )


class Metadata(forms.Form):
    """The metadata of a SAML provider: its address, or the file."""

    metadata_url = forms.CharField(
        label=_("Address of its metadata"),
        max_length=LONGEST,
        required=False,
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    metadata_file = forms.FileField(
        label=_("Or its metadata as a file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".xml,application/xml,text/xml"}),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for the one or the other."""
        cleaned = super().clean() or {}
        file = cleaned.get("metadata_file")
        if bool(cleaned.get("metadata_url")) == bool(file):
            raise forms.ValidationError(_("Give the address of the metadata, or the file: one of the two."))
        if file and file.size > METADATA_BYTES:
            raise forms.ValidationError(_("This file is too large to be metadata."))
        return cleaned


class NewSaml(Metadata):
    """A provider that speaks SAML."""

    name = forms.CharField(label=_("Name on the button"), max_length=80)
    field_order = ("name", "metadata_url", "metadata_file")


class NewSecret(forms.Form):
    """Another secret of a provider that speaks OpenID Connect."""

    secret = forms.CharField(
        label=_("New client secret"), max_length=1000, widget=forms.PasswordInput(attrs={"autocomplete": "off"})
    )


class NewDomain(forms.Form):
    """The name of a domain."""

    name = forms.CharField(
        label=_("Domain"),
        max_length=253,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "placeholder": "example.com"}),
        help_text=_("What stands behind the @ of the addresses of its people."),
    )


class Admitting(forms.Form):
    """Whether people whom the provider knows come in without an invitation, and as what."""

    admits = forms.BooleanField(label=_("People it knows come in without an invitation"), required=False)
    role = forms.ChoiceField(label=_("They are then"), required=False)

    def __init__(self, *args: Any, roles: list[tuple[str, str]], **kwargs: Any) -> None:
        """Take the roles that may be given here."""
        super().__init__(*args, **kwargs)
        self.fields["role"] = forms.ChoiceField(label=_("They are then"), required=False, choices=roles)

    def clean(self) -> dict[str, Any]:
        """Ask for a role where people are admitted."""
        cleaned = super().clean() or {}
        if cleaned.get("admits") and not cleaned.get("role"):
            self.add_error("role", _("Choose what they may do."))
        return cleaned


class MapGroup(forms.Form):
    """A group of the service, and what its people may do here."""

    group = forms.CharField(
        label=_("Group, as the service calls it"),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    role = forms.ChoiceField(label=_("Its people are"), required=False)

    def __init__(self, *args: Any, roles: list[tuple[str, str]], **kwargs: Any) -> None:
        """Take the roles that may be given here."""
        super().__init__(*args, **kwargs)
        choices = [("", _("nothing by this group")), *roles]
        self.fields["role"] = forms.ChoiceField(label=_("Its people are"), required=False, choices=choices)


class Switch(forms.Form):
    """Which state a provider is switched to."""

    state = forms.ChoiceField(choices=[(state, state) for state in ("on", "enforced", "off")])

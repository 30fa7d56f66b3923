"""What the explaining pages ask for: an act, a moment, a person, a place, a way of signing in."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.trust.access.types import PERMISSIONS
from muniment.web.views.explaining.addresses import Address, read_address

MINUTES_MOST = 60 * 24 * 365
FACTORS: dict[str, tuple[str, ...]] = {
    "second": ("password", "totp"),
    "passkey": ("webauthn",),
    "password": ("password",),
}
_FACTOR_WORDS = (
    ("second", _("password and second factor")),
    ("passkey", _("passkey")),
    ("password", _("password alone")),
)
USUAL = "document:view"


def acts(*, administering: bool = False) -> list[tuple[str, str]]:
    """Return what may be asked about: every verb that reaches content, and on demand those that administer."""
    found = [one for one in PERMISSIONS.values() if administering or not one.administers]
    return sorted(((one.verb, one.meaning) for one in found), key=lambda pair: (pair[0] != USUAL, pair[1]))


class MomentField(forms.DateTimeField):
    """Takes a moment in the reader's zone, as browsers send it; nothing means now."""

    def __init__(self, **options: Any) -> None:
        """Say how it is typed."""
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(required=False, widget=widget, label=_("At another moment"), **options)


class WhoForm(forms.Form):
    """What is asked about a thing, and as of when."""

    may = forms.ChoiceField(label=_("Who may"), required=False, choices=acts)
    at = MomentField()


class PersonForm(forms.Form):
    """As of when a person is looked at."""

    at = MomentField()


class WhyForm(forms.Form):
    """The address that did not open."""

    address = forms.CharField(label=_("Its address"), required=False, max_length=2000)

    def wanted(self) -> Address | None:
        """Return what the address leads to; None for nothing of this portal."""
        return read_address(self.cleaned_data["address"]) if self.is_valid() else None


class TryForm(forms.Form):
    """Who would do what, when, from where, signed in how."""

    person = forms.ChoiceField(label=_("Who"))
    may = forms.ChoiceField(label=_("Does what"))
    thing = forms.CharField(
        label=_("With which document or folder"),
        required=False,
        max_length=2000,
        help_text=_("Its address, copied from the browser. Empty: anything of this client."),
    )
    at = MomentField()
    factor = forms.ChoiceField(label=_("Signed in with"), choices=_FACTOR_WORDS)
    minutes = forms.IntegerField(label=_("How many minutes ago"), min_value=0, max_value=MINUTES_MOST, initial=5)
    country = forms.CharField(
        label=_("From the country"),
        required=False,
        max_length=2,
        min_length=2,
        help_text=_("Two letters, like DE. Empty: as the address says."),
    )
    address = forms.GenericIPAddressField(label=_("From the address (IP)"), required=False)
    purpose = forms.CharField(
        label=_("Purpose"), required=False, max_length=500, help_text=_("Empty: the one of their grant.")
    )
    is_new_device = forms.BooleanField(label=_("On a device they have not used before"), required=False)
    is_program = forms.BooleanField(label=_("A program asks, not a browser"), required=False)

    def __init__(self, data: Any, *, people: list[tuple[str, str]], **options: Any) -> None:
        """Offer the people of the client, and every act there is."""
        super().__init__(data, **options)
        self.fields["person"].choices = people  # type: ignore[attr-defined] # a choice field
        self.fields["may"].choices = acts(administering=True)  # type: ignore[attr-defined]

    def clean_country(self) -> str:
        """Return the two letters large."""
        return str(self.cleaned_data["country"]).upper()

    def clean_thing(self) -> tuple[str, UUID | None]:
        """Return kind and id of what the address names; ("client", None) for none."""
        text = self.cleaned_data["thing"]
        if not text:
            return ("client", None)
        found = read_address(text)
        if found is None or found.thing_id is None:
            raise forms.ValidationError(_("This is not the address of a document or a folder."))
        return (found.kind, found.thing_id)

    def circumstances(self, actor: Actor) -> dict[str, Any]:
        """Return how and from where somebody would come, as the fields of an actor."""
        data = self.cleaned_data
        now = data["at"] or clock.now()
        return {
            "ip": data["address"] or actor.ip,
            "country": data["country"],
            "factors": FACTORS[data["factor"]],
            "authenticated_at": now - timedelta(minutes=data["minutes"]),
            "device_known": not data["is_new_device"],
            "via_api": data["is_program"],
            "purpose": data["purpose"],
        }

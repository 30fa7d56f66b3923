"""What a person fills in about conditions, and the facts that come of it."""

import re
import zoneinfo
from collections.abc import Iterable
from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as lazy

from muniment.trust.access.types import ACTIONS, DAYS, Action, Profile, Side, Terms
from muniment.web.views.conditions.second_steps import SecondSteps
from muniment.web.views.conditions.words import (
    ACTION_WORDS,
    APPROVER_WORDS,
    COMPOSITION_WORDS,
    DAY_WORDS,
)

DAY_MINUTES = 24 * 60
ACTION_CHOICES = [(action, ACTION_WORDS[action]) for action in ACTIONS]
FRESH = "fresh_"
_COUNTRY = re.compile(r"[A-Z]{2}")


class Picks(forms.MultipleChoiceField):
    """Any of a few words, each a box to tick."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, *, choices: Iterable[tuple[str, Any]] = (), label: Any, help_text: Any = "") -> None:
        """Offer the choices; none need be taken."""
        super().__init__(choices=list(choices), label=label, help_text=help_text, required=False)


class CountriesField(forms.CharField):
    """Takes countries by their two letters, with commas or spaces between them."""

    def to_python(self, value: Any) -> Any:
        """Return the letters, in capitals."""
        found = [part.upper() for part in re.split(r"[\s,;]+", str(value or "")) if part]
        wrong = next((part for part in found if not _COUNTRY.fullmatch(part)), None)
        if wrong is not None:
            raise forms.ValidationError(lazy("A country has two letters, such as ES or DE."))
        return found

    def prepare_value(self, value: Any) -> Any:
        """Return the letters as they are written."""
        return value if isinstance(value, str) else ", ".join(value or ())


class LinesField(forms.CharField):
    """Takes several short texts, each on a line of its own."""

    widget = forms.Textarea(attrs={"rows": 3})

    def to_python(self, value: Any) -> Any:
        """Return the lines that hold anything."""
        return [line.strip() for line in str(value or "").splitlines() if line.strip()]

    def prepare_value(self, value: Any) -> Any:
        """Return the texts as they are written."""
        return value if isinstance(value, str) else "\n".join(value or ())


class MinuteField(forms.TimeField):
    """Takes a time of day and gives the minutes since midnight; nothing stays nothing."""

    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")

    def to_python(self, value: Any) -> Any:
        """Return the minutes."""
        found = super().to_python(value)
        return found if found is None else found.hour * 60 + found.minute

    def prepare_value(self, value: Any) -> Any:
        """Return the time as it is written; the end of the day is midnight."""
        if not isinstance(value, int):
            return value
        return time(value // 60 % 24, value % 60)


class TermsForm(forms.Form):
    """What has to be so for one side: when, where, how and why."""

    days = Picks(
        choices=DAY_WORDS.items(), label=lazy("On these days"), help_text=lazy("Nothing ticked means every day.")
    )
    opens = MinuteField(label=lazy("From"), required=False)
    closes = MinuteField(label=lazy("Until"), required=False)
    hours_for = Picks(choices=ACTION_CHOICES, label=lazy("Days and hours count for"))
    countries = CountriesField(
        label=lazy("From these countries"),
        required=False,
        max_length=1200,
        help_text=lazy(
            "Two letters each: ES, FR. Nothing means everywhere. This is advice, no wall: a VPN defeats it, and "
            "whoever comes from a country that is not known is refused."
        ),
    )
    networks = Picks(
        label=lazy("From these networks"),
        help_text=lazy("Nothing ticked means any. As safe as the network itself: whoever is in it is let through."),
    )
    places_for = Picks(choices=ACTION_CHOICES, label=lazy("Countries and networks count for"))
    second_factor_for = Picks(choices=ACTION_CHOICES, label=lazy("A second factor is needed to"))
    passkey_for = Picks(
        choices=ACTION_CHOICES,
        label=lazy("A passkey is needed to"),
        help_text=lazy(
            "Nobody can be talked out of a passkey. There are none yet: until then this closes it for everybody."
        ),
    )
    known_device_for = Picks(
        choices=ACTION_CHOICES,
        label=lazy("A known device is needed to"),
        help_text=lazy("One signed in from before, with a second factor. A wiped browser is a new device."),
    )
    purposes = LinesField(
        label=lazy("Only for these purposes"),
        required=False,
        max_length=8000,
        help_text=lazy("One a line, as they stand in grants. Nothing means any. It asks people; it cannot read minds."),
    )
    purposes_for = Picks(choices=ACTION_CHOICES, label=lazy("Purposes count for"))
    never = Picks(
        choices=ACTION_CHOICES,
        label=lazy("Never, whoever asks"),
        help_text=lazy("Without downloads people look only; nothing stops them from photographing the screen."),
    )

    def __init__(self, *args: Any, terms: Terms, networks: Iterable[str] = (), **options: Any) -> None:
        """Begin with `terms`; offer the networks that have a name, and those the terms speak of already."""
        options["initial"] = self._initial(terms)
        super().__init__(*args, **options)
        known = sorted({*networks, *terms.networks}, key=str.casefold)
        self.fields["networks"].choices = [(name, name) for name in known]  # type: ignore[attr-defined] # of Picks
        ages = dict(terms.fresh)
        for action, words in ACTION_CHOICES:
            self.fields[f"{FRESH}{action}"] = forms.IntegerField(
                label=words, required=False, min_value=1, max_value=31 * DAY_MINUTES, initial=ages.get(action)
            )

    @property
    def fresh_fields(self) -> list[forms.BoundField]:
        """How many minutes ago somebody must have proved who they are, for each action."""
        return [self[f"{FRESH}{action}"] for action in ACTIONS]

    def clean(self) -> dict[str, Any]:
        """Refuse hours that end before they begin."""
        data = super().clean() or {}
        if (data.get("opens") or 0) >= (data.get("closes") or DAY_MINUTES):
            self.add_error("closes", lazy("The end of the hours must be later than their start."))
        return data

    def terms(self) -> Terms:
        """Return what was filled in; call it after the form was found valid."""
        data = self.cleaned_data
        ages: list[tuple[Action, int]] = [(a, data[f"{FRESH}{a}"]) for a in ACTIONS if data[f"{FRESH}{a}"]]
        sets = {name: frozenset(data[name]) for name in _SETS}
        return Terms(opens=data["opens"] or 0, closes=data["closes"] or DAY_MINUTES, fresh=tuple(ages), **sets)

    @staticmethod
    def _initial(terms: Terms) -> dict[str, Any]:
        has_hours = (terms.opens, terms.closes) != (0, DAY_MINUTES)
        return {
            **{name: sorted(getattr(terms, name)) for name in _SETS},
            "days": [day for day in DAYS if day in terms.days],
            "opens": terms.opens if has_hours else None,
            "closes": terms.closes if has_hours else None,
        }


class SideForm(TermsForm):
    """Everything that holds for staff, or for contacts, but for what labels add."""

    session_idle_minutes = forms.IntegerField(
        label=lazy("Sign out after minutes without a click"),
        required=False,
        min_value=1,
        max_value=60,
        help_text=lazy(
            "Nothing means as the portal has it; it can only be shorter. Of a person's clients the strictest counts."
        ),
    )
    session_hours = forms.IntegerField(
        label=lazy("Sign out after hours in any case"), required=False, min_value=1, max_value=24
    )
    passwords = forms.BooleanField(
        label=lazy("May sign in with a password and a second factor"),
        required=False,
        help_text=lazy("Kept for when passkeys can stand alone; until then everybody signs in with both."),
    )

    composition = forms.ChoiceField(
        label=lazy("Passwords must have"),
        choices=COMPOSITION_WORDS.items(),
        help_text=lazy(
            "NIST SP 800-63B-4 forbids such rules: people answer them with Password1! and write it down. Length and "
            "lists of known passwords count in any case. Choose one only where a contract or PCI DSS 8.3.6 wants it."
        ),
    )

    def __init__(self, *args: Any, side: Side, **options: Any) -> None:
        """Begin with what holds for the side now."""
        super().__init__(*args, terms=side.terms, **options)
        self.initial.update({name: getattr(side, name) for name in _OF_SIDE})

    def side(self, before: Side) -> Side:
        """Return what was filled in, with the labels of `before`; call it after the form was found valid."""
        values = {name: self.cleaned_data[name] for name in _OF_SIDE}
        return Side(terms=self.terms(), labels=before.labels, **values)


class VersionForm(forms.Form):
    """Which version of a profile somebody has in front of them."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class ProfileForm(SecondSteps, VersionForm):
    """What holds for both sides."""

    zone = forms.ChoiceField(
        label=lazy("Time zone"),
        choices=lambda: [(name, name) for name in sorted(zoneinfo.available_timezones())],
        help_text=lazy("Days and hours are those of this zone, also when its clocks change."),
    )
    review_days = forms.IntegerField(
        label=lazy("Review who has access every so many days"), min_value=1, max_value=3660
    )
    inactive_days = forms.IntegerField(
        label=lazy("Shut people out who did not sign in for days"),
        min_value=15,
        max_value=366,
        help_text=lazy("They are warned by mail 14 days before; an administrator can let them back. 90 is usual."),
    )
    approver = forms.ChoiceField(label=lazy("Who is the second person of requests"), choices=APPROVER_WORDS.items())
    retention_days = forms.IntegerField(
        label=lazy("Keep documents for days"),
        required=False,
        min_value=1,
        max_value=36525,
        help_text=lazy("A fact for retention rules to come: it is kept here, and nothing is deleted by it yet."),
    )
    starter = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, profile: Profile, version: int, starter: str = "", **options: Any) -> None:
        """Begin with a profile, as of a version; with `starter`, that is what is being looked at."""
        values = {name: getattr(profile, name) for name in _OF_PROFILE}
        options["initial"] = {**values, "version": version, "starter": starter}
        super().__init__(*args, **options)

    def profile(self, staff: Side, contacts: Side, before: Profile) -> Profile:
        """Return the whole profile, which goes on from `before`; call it after the form was found valid."""
        data = self.cleaned_data
        values = {name: data[name] for name in _OF_PROFILE}
        return Profile(staff=staff, contacts=contacts, starter=before.starter, **values)


class StarterForm(forms.Form):
    """Which ready-made profile to look at."""

    starter = forms.CharField(required=False, max_length=40)


_SETS = (
    "days",
    "hours_for",
    "countries",
    "networks",
    "places_for",
    "second_factor_for",
    "passkey_for",
    "known_device_for",
    "purposes",
    "purposes_for",
    "never",
)
_OF_SIDE = ("session_idle_minutes", "session_hours", "passwords", "composition")
_OF_PROFILE = ("zone", "review_days", "inactive_days", "approver", "retention_days", *SecondSteps.base_fields)

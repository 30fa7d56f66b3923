"""What an administrator fills in to make an extra rule, and to decide about one."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as lazy

from muniment.trust.access.errors import RuleInvalid
from muniment.trust.access.types import Rule
from muniment.trust.identity import queries as identity
from muniment.web.views.conditions.forms import ACTION_CHOICES, DAY_MINUTES, CountriesField, MinuteField, Picks
from muniment.web.views.conditions.words import DAY_WORDS, FACTOR_WORDS, LABEL_WORDS, WHO_WORDS


class RuleForm(forms.Form):
    """An extra rule: whom it concerns, and what must be so for them."""

    title = forms.CharField(
        label=lazy("What people are told"),
        max_length=120,
        help_text=lazy("One sentence for whoever is refused: “Restricted papers are opened in the office only.”"),
    )
    remedy = forms.CharField(
        label=lazy("What helps them"), required=False, max_length=240, help_text=lazy("“Connect through the VPN.”")
    )
    who = forms.ChoiceField(label=lazy("Whom it concerns"), choices=WHO_WORDS.items())
    roles = Picks(label=lazy("Only in these roles"), help_text=lazy("Nothing ticked means every role."))
    actions = Picks(choices=ACTION_CHOICES, label=lazy("What they want to do"))
    labels = Picks(
        choices=LABEL_WORDS.items(),
        label=lazy("With what is labelled"),
        help_text=lazy("Nothing ticked means everything, labelled or not."),
    )
    never = forms.BooleanField(label=lazy("They may never do it; the rest here stays empty"), required=False)
    days = Picks(choices=DAY_WORDS.items(), label=lazy("On these days"))
    opens = MinuteField(label=lazy("From"), required=False)
    closes = MinuteField(label=lazy("Until"), required=False)
    countries = CountriesField(
        label=lazy("From these countries"),
        required=False,
        max_length=240,
        help_text=lazy("Advice, no wall: a VPN defeats it. Who comes from a country that is not known is refused."),
    )
    not_countries = CountriesField(
        label=lazy("Not from these countries"),
        required=False,
        max_length=240,
        help_text=lazy("Here too, a country that is not known is refused."),
    )
    networks = Picks(label=lazy("From these networks"))
    factor = forms.ChoiceField(label=lazy("Signed in with"), choices=FACTOR_WORDS.items(), required=False)
    fresh_minutes = forms.IntegerField(
        label=lazy("Signed in, or proved again, within minutes"),
        required=False,
        min_value=1,
        max_value=31 * DAY_MINUTES,
    )
    known_device = forms.BooleanField(label=lazy("On a device that is known"), required=False)
    by_browser = forms.BooleanField(label=lazy("In a browser, not by a program"), required=False)
    reason = forms.CharField(
        label=lazy("Why, for the colleague who decides"),
        required=False,
        max_length=500,
        help_text=lazy("Needed to ask; it stays with the decision."),
    )

    def __init__(
        self, *args: Any, roles: Iterable[str], networks: Iterable[str], rule: Rule | None = None, **options: Any
    ) -> None:
        """Offer the roles and networks there are; begin with a rule that is to be changed."""
        options["initial"] = self._initial(rule) if rule else {}
        super().__init__(*args, **options)
        for name, known, used in (
            ("roles", roles, rule and rule.roles),
            ("networks", networks, rule and rule.networks),
        ):
            every = sorted({*known, *(used or ())}, key=str.casefold)
            self.fields[name].choices = [(one, identity.role_label(one) if name == "roles" else one) for one in every]  # type: ignore[attr-defined] # of Picks

    def clean(self) -> dict[str, Any]:
        """Refuse what makes no rule."""
        data = super().clean() or {}
        if not self.errors:
            try:
                self.rule()
            except RuleInvalid as refusal:
                raise forms.ValidationError(refusal.sentence) from refusal
        return data

    def rule(self) -> Rule:
        """Return what was filled in.

        Raises:
            RuleInvalid: it makes no rule.
        """
        values: dict[str, Any] = {name: tuple(self.cleaned_data[name]) for name in _LISTS_OF_RULE}
        values |= {name: self.cleaned_data[name] for name in _ONES_OF_RULE}
        opens, closes = self.cleaned_data["opens"] or 0, self.cleaned_data["closes"] or DAY_MINUTES
        return Rule(**values, opens=opens, closes=closes)

    @staticmethod
    def _initial(rule: Rule) -> dict[str, Any]:
        has_hours = (rule.opens, rule.closes) != (0, DAY_MINUTES)
        return {
            **{name: getattr(rule, name) for name in (*_LISTS_OF_RULE, *_ONES_OF_RULE)},
            "opens": rule.opens if has_hours else None,
            "closes": rule.closes if has_hours else None,
        }


class DecisionForm(forms.Form):
    """Why somebody asks, approves or declines."""

    reason = forms.CharField(label=lazy("Why"), required=False, max_length=500)


_LISTS_OF_RULE = ("actions", "roles", "labels", "days", "countries", "not_countries", "networks")
_ONES_OF_RULE = ("title", "remedy", "who", "never", "factor", "fresh_minutes", "known_device", "by_browser")

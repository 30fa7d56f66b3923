"""What somebody chooses about notices: how each kind comes by mail, and when."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as lazy

from muniment.core.ids import PUBLIC_LENGTH, private
from muniment.portal.notices.sources import SOURCES
from muniment.portal.notices.types import HOURS, Choices, Habits, How

HOW_WORDS: Final[dict[How, Any]] = {
    "at-once": lazy("At once"),
    "hourly": lazy("Every hour, together"),
    "daily": lazy("Once a day, together"),
    "never": lazy("Never by mail"),
}
KIND: Final = "kind_"
_HOURS: Final[list[tuple[str, Any]]] = [(str(hour), f"{hour:02}:00") for hour in range(HOURS)]
_NONE: Final[list[tuple[str, Any]]] = [("", lazy("None"))]


def _hour(value: str) -> int | None:
    return int(value) if value else None


class ChoicesForm(forms.Form):
    """How notices come by mail: a choice for each kind, the hour of the daily mail, and quiet hours."""

    daily_hour = forms.ChoiceField(label=lazy("The mail of the day comes at"), choices=_HOURS)
    quiet_from = forms.TypedChoiceField(
        label=lazy("No mails from"), choices=_NONE + _HOURS, coerce=_hour, empty_value=None, required=False
    )
    quiet_until = forms.TypedChoiceField(
        label=lazy("until"), choices=_NONE + _HOURS, coerce=_hour, empty_value=None, required=False
    )

    def __init__(self, *args: Any, chosen: Choices, kinds: tuple[str, ...], **options: Any) -> None:
        """Begin with what was chosen; `kinds` are those that can come to this person."""
        habits = chosen.habits
        quiet = {"quiet_from": habits.quiet_from, "quiet_until": habits.quiet_until}
        options["initial"] = {"daily_hour": habits.daily_hour, **quiet}
        super().__init__(*args, **options)
        self.shown = [source for source in SOURCES if source.kind in kinds]
        for source in self.shown:
            self.fields[KIND + source.kind] = forms.ChoiceField(
                label=str(source.title),
                choices=list(HOW_WORDS.items()),
                initial=chosen.how.get(source.kind, "at-once"),
            )

    def clean(self) -> dict[str, Any]:
        """Insist that quiet hours have both ends."""
        data: dict[str, Any] = super().clean() or {}
        if (data.get("quiet_from") is None) != (data.get("quiet_until") is None):
            raise forms.ValidationError(lazy("Quiet hours have a beginning and an end, or neither."))
        return data

    @property
    def kind_fields(self) -> list[Any]:
        """The choices by kind."""
        return [self[KIND + source.kind] for source in self.shown]

    def how(self) -> dict[str, How]:
        """Return the choice for each kind; call it after the form was found valid."""
        return {source.kind: self.cleaned_data[KIND + source.kind] for source in self.shown}

    def habits(self) -> Habits:
        """Return when mails suit; call it after the form was found valid."""
        data = self.cleaned_data
        return Habits("UTC", int(data["daily_hour"]), data["quiet_from"], data["quiet_until"])


class ListForm(forms.Form):
    """Which part of the list of notices is wanted."""

    older = forms.CharField(required=False, min_length=PUBLIC_LENGTH, max_length=PUBLIC_LENGTH)
    unread = forms.BooleanField(required=False)

    def clean_older(self) -> Any:
        """Return the id before which the list goes on."""
        text = self.cleaned_data["older"]
        try:
            return private(text) if text else None
        except ValueError as error:
            raise forms.ValidationError("This is not an id of this portal.") from error

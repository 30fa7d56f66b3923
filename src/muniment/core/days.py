"""Days that people type: none so far away that nothing can be counted from it."""

from datetime import date
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

FIRST: Final = date(1900, 1, 1)
LAST: Final = date(2999, 12, 31)
"""The end of the last day that a date can say is no moment any more, and in some zones neither is its beginning."""


class DayField(forms.DateField):
    """Takes a day of the years 1900 to 2999."""

    def validate(self, value: Any) -> None:
        """Refuse a day that is too far away."""
        super().validate(value)
        if isinstance(value, date) and is_far(value):
            raise forms.ValidationError(_("This day is too far away."), code="far")


def is_far(day: date) -> bool:
    """Return whether a day is too far away to count from it."""
    return not FIRST <= day <= LAST

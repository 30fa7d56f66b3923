"""Shapes of what the shell's own pages take."""

from typing import Any
from uuid import UUID

from django import forms

from muniment.core import ids


class PublicIdField(forms.CharField):
    """Takes a public id and gives the UUID behind it."""

    def to_python(self, value: Any) -> Any:
        """Return the id, or None for nothing."""
        text = super().to_python(value)
        if not text:
            return None
        try:
            return ids.private(text)
        except ValueError as error:
            raise forms.ValidationError("This is not an id of this portal.") from error

    def prepare_value(self, value: Any) -> Any:
        """Return the id as it may be seen outside."""
        return ids.public(value) if isinstance(value, UUID) else value


class ClientForm(forms.Form):
    """A new client company."""

    name = forms.CharField(label="Name of the company", max_length=120)
    line = forms.CharField(
        label="What it does", max_length=160, required=False, help_text="One line, for your own overview."
    )


class NameFilterForm(forms.Form):
    """A part of a name."""

    name = forms.CharField(required=False, max_length=120)
    page = forms.IntegerField(required=False, min_value=1, max_value=10_000)

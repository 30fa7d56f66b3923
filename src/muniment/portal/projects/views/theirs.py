"""What somebody else wrote while a form was filled in."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _


def theirs(form: forms.Form, told: Mapping[str, Any], typed: QueryDict) -> list[dict[str, Any]]:
    """Return what is there now (`told`, by the names of the fields) where it is not what was typed, in words."""
    found = []
    for name, field in form.fields.items():
        if name not in told:
            continue
        value = told[name]
        if isinstance(field, forms.BooleanField):
            if value != bool(typed.get(name)):
                found.append({"label": field.label, "value": _("Yes") if value else _("No")})
        elif str("" if value is None else value) != typed.get(name, ""):
            found.append({"label": field.label, "value": _worded(field, value)})
    return found


def _worded(field: forms.Field, value: Any) -> Any:
    """Return a value as people read it: of a choice its words."""
    for choice, words in getattr(field, "choices", ()):
        if choice == value:
            return words
        if isinstance(words, list | tuple) and value in dict(words):
            return dict(words)[value]
    return value

"""What pages about labels and closed folders take."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from muniment.core import ids
from muniment.portal.documents import labels
from muniment.portal.documents.forms import NameField, PublicIdField
from muniment.portal.documents.spaces import SPACES
from muniment.trust.access.types import LABELS, Label

LABEL_WORDS = {
    "public": _("Public"),
    "normal": _("Normal"),
    "confidential": _("Confidential"),
    "restricted": _("Restricted"),
    "internal": _("Internal"),
}
LABEL_MEANINGS = {
    "public": _("Public: anybody might know it"),
    "normal": _("Normal: for those who belong here"),
    "confidential": _("Confidential: for those who need it"),
    "restricted": _("Restricted: under the strictest conditions there are here"),
    "internal": _("Internal: for the firm alone, nobody of the client sees it"),
}


def offered(least: Label, *, is_firm: bool) -> list[tuple[str, Any]]:
    """Return the labels that a thing in a folder with the label `least` may get, with what they mean."""
    loose = labels.looser_than(least)
    return [(name, LABEL_MEANINGS[name]) for name in LABELS if name not in loose and (is_firm or name != "internal")]


class LabelForm(forms.Form):
    """How guarded a thing is."""

    label = forms.ChoiceField(label=_("Label"), widget=forms.RadioSelect)
    with_all = forms.BooleanField(
        label=_("A looser label also for what is in it"),
        required=False,
        help_text=_("For what has the folder's label now. A stricter label is always given to all in it."),
    )
    widen = forms.BooleanField(label=_("They may see it"), required=False)

    def __init__(self, *args: Any, least: Label, is_firm: bool, is_folder: bool, **options: Any) -> None:
        """Offer what the folder around it and the side of the person allow."""
        super().__init__(*args, **options)
        self.fields["label"].choices = offered(least, is_firm=is_firm)  # type: ignore[attr-defined] # of a ChoiceField
        if not is_folder:
            del self.fields["with_all"]


class StayForm(forms.Form):
    """Who stays in a folder that is closed, by the grants that let them in."""

    stay = forms.TypedMultipleChoiceField(
        label=_("Who gets in"),
        required=False,
        coerce=ids.private,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Everybody else finds nothing there. More people can be let in with Share."),
    )

    def __init__(self, *args: Any, ways: Iterable[tuple[UUID, str]], **options: Any) -> None:
        """Offer the grants that let somebody in from around it, in words."""
        super().__init__(*args, **options)
        self.initial["stay"] = [ids.public(grant) for grant in self.initial.get("stay", [])]
        self.fields["stay"].choices = [(ids.public(grant), words) for grant, words in ways]  # type: ignore[attr-defined] # of a ChoiceField


class PlaceForm(forms.Form):
    """Where a new folder is wanted."""

    parent_id = PublicIdField(required=False)


class NewFolderForm(forms.Form):
    """A new folder: its name, and where."""

    name = NameField(label=_("Name"), widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}))
    parent_id = PublicIdField(required=False, widget=forms.HiddenInput)


class NewGuardedFolderForm(StayForm, NewFolderForm):
    """A new folder, and who gets in: those around it, or some of them."""

    gets_in = forms.ChoiceField(
        label=_("Who gets in"),
        choices=[("around", _("Everybody who sees the place it lies in")), ("chosen", _("Only those you choose"))],
        required=False,  # a program that says nothing means those around it
        widget=forms.RadioSelect,
    )


class SpaceForm(forms.Form):
    """Which kind of space, and what it is called if not as its kind."""

    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[(kind, format_lazy("{}: {}", space.title, space.meaning)) for kind, space in SPACES.items()],
        widget=forms.RadioSelect,
    )
    name = NameField(label=_("Name"), required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}))


class WidenForm(forms.Form):
    """Agreement that people will see what they cannot see now."""

    widen = forms.BooleanField(label=_("They may see it"), required=False)

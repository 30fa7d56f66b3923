"""What pages about tickets take."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from muniment.core import ids
from muniment.core.days import DayField
from muniment.portal.documents.types import FORM_FILE_BYTES
from muniment.portal.tickets.types import NOTE_MOST, STATES, TEXT_MOST, TITLE_MOST, WORD_MOST, KindFacts, Wanted
from muniment.portal.tickets.words import kind_title

_PLACE_SALT = "muniment.tickets.place"
NAME_MOST = 255


class PublicIdField(forms.CharField):
    """Takes a public id and gives the UUID behind it."""

    def to_python(self, value: Any) -> Any:
        """Return the id, or None for nothing."""
        text = super().to_python(value)
        try:
            return ids.private(text) if text else None
        except ValueError as error:
            raise forms.ValidationError(_("This is not an id of this portal.")) from error

    def prepare_value(self, value: Any) -> Any:
        """Return the id as it may be seen outside."""
        return ids.public(value) if isinstance(value, UUID) else value


class PlaceField(forms.CharField):
    """Takes the place in a list where a page begins, as `write_place` gave it out."""

    def to_python(self, value: Any) -> Any:
        """Return the moment and the id, or None for nothing."""
        if not value:
            return None
        try:
            at, identifier = signing.loads(str(value), salt=_PLACE_SALT)
            return datetime.fromisoformat(at), ids.private(identifier)
        except (signing.BadSignature, ValueError) as error:
            raise forms.ValidationError(_("This page of the list is not there.")) from error


def write_place(place: tuple[datetime, UUID] | None) -> str:
    """Return a place in a list for an address, empty for none."""
    return signing.dumps([place[0].isoformat(), ids.public(place[1])], salt=_PLACE_SALT) if place else ""


class ListForm(forms.Form):
    """Which tickets."""

    state = forms.ChoiceField(
        required=False, choices=[("", ""), ("all", ""), ("open", ""), ("closed", ""), *((one, "") for one in STATES)]
    )
    kind = forms.SlugField(required=False, max_length=60)
    who = forms.ChoiceField(required=False, choices=[("", ""), ("mine", ""), ("nobody", "")])
    client = PublicIdField(required=False)
    late = forms.BooleanField(required=False)
    older = PlaceField(required=False)

    def wanted(self) -> Wanted:
        """Return what is wanted; call it after the form was found valid. Without a state, what is open."""
        data = self.cleaned_data
        return Wanted(
            state="" if data["state"] == "all" else data["state"] or "open",
            kind=data["kind"],
            who=data["who"],
            client_id=data["client"],
            is_late=data["late"],
            older=data["older"],
        )


def _day(label: Any, hint: Any = "") -> DayField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return DayField(label=label, required=False, widget=widget, help_text=hint)


def _text(label: Any, most: int, rows: int, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, widget=forms.Textarea(attrs={"rows": rows}), **options)


def _file(label: Any) -> forms.FileField:
    attrs = {
        "data-most": FORM_FILE_BYTES,
        "data-too-large": _("This file is too large to be sent here. Upload it among the documents first."),
    }
    return forms.FileField(
        label=label,
        required=False,
        allow_empty_file=True,
        max_length=NAME_MOST,
        help_text=_("16 MB at most. It is sealed, and lies among the documents; upload a larger one there."),
        widget=forms.FileInput(attrs=attrs),
    )


class VersionForm(forms.Form):
    """A form that carries the version of a ticket it was read at."""

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)


class AskForm(forms.Form):
    """What is asked for."""

    kind = forms.ChoiceField(label=_("What is it about?"), widget=forms.RadioSelect)
    title = forms.CharField(label=_("In a line"), max_length=TITLE_MOST)
    text = _text(_("The whole of it"), TEXT_MOST, 7, required=False)
    due_on = _day(_("Needed by"), _("If it is urgent for you. The firm may agree on another date."))
    file = _file(_("A file"))

    def __init__(self, *args: Any, kinds: Iterable[KindFacts], may_upload: bool, **options: Any) -> None:
        """Offer the kinds there are, and a file to who may upload."""
        super().__init__(*args, **options)
        self.fields["kind"].choices = [(kind.name, kind_title(kind)) for kind in kinds]  # type: ignore[attr-defined] # of a ChoiceField
        if not may_upload:
            del self.fields["file"]


class ChangeForm(VersionForm):
    """What is asked for, said better."""

    kind = forms.ChoiceField(label=_("What is it about?"), widget=forms.RadioSelect)
    title = forms.CharField(label=_("In a line"), max_length=TITLE_MOST)
    text = _text(_("The whole of it"), TEXT_MOST, 7, required=False)

    def __init__(self, *args: Any, kinds: Iterable[KindFacts], **options: Any) -> None:
        """Offer the kinds there are."""
        super().__init__(*args, **options)
        self.fields["kind"].choices = [(kind.name, kind_title(kind)) for kind in kinds]  # type: ignore[attr-defined] # of a ChoiceField


class MoveForm(VersionForm):
    """Into which state, and a word."""

    state = forms.ChoiceField(choices=[(one, one) for one in STATES], widget=forms.HiddenInput)
    word = _text(_("Why"), WORD_MOST, 4, required=False)

    def __init__(self, *args: Any, label: str, is_needed: bool, **options: Any) -> None:
        """Ask for the word that goes with the move."""
        super().__init__(*args, **options)
        self.fields["word"].label, self.fields["word"].required = label, is_needed


class PlanForm(VersionForm):
    """Who has it, and by when it is wanted."""

    assignee = forms.ChoiceField(label=_("Who has it"), required=False)
    due_on = _day(_("Wanted by"))

    def __init__(self, *args: Any, people: Iterable[tuple[UUID, str]], **options: Any) -> None:
        """Offer who works for the client."""
        super().__init__(*args, **options)
        choices = [("", _("Nobody yet")), *((ids.public(one), name) for one, name in people)]
        self.fields["assignee"].choices = choices  # type: ignore[attr-defined] # of a ChoiceField

    def clean_assignee(self) -> UUID | None:
        """Return the person, None for nobody."""
        chosen = self.cleaned_data["assignee"]
        return ids.private(chosen) if chosen else None


class NoteForm(forms.Form):
    """A note of the firm."""

    text = _text(_("Note for the firm"), NOTE_MOST, 3)


class RateForm(VersionForm):
    """Whether it is settled well."""

    satisfied = forms.TypedChoiceField(
        label=_("Are you satisfied?"),
        choices=[("yes", _("Yes")), ("no", _("Not quite"))],
        coerce=lambda chosen: chosen == "yes",
        widget=forms.RadioSelect,
    )
    word = _text(_("A word about it"), WORD_MOST, 2, required=False)


class AttachForm(forms.Form):
    """Documents that are there, or a file."""

    documents = forms.TypedMultipleChoiceField(
        label=_("Documents that are there"), required=False, coerce=ids.private, widget=forms.CheckboxSelectMultiple
    )
    file = _file(_("Or a file"))

    def __init__(self, *args: Any, known: Iterable[tuple[str, str]], may_upload: bool, **options: Any) -> None:
        """Offer documents (public id, name), and a file to who may upload."""
        super().__init__(*args, **options)
        self.fields["documents"].choices = list(known)  # type: ignore[attr-defined] # of a ChoiceField
        if not may_upload:
            del self.fields["file"]

    def clean(self) -> dict[str, Any]:
        """Refuse nothing at all."""
        data: dict[str, Any] = super().clean() or {}
        if not self.errors and not data.get("documents") and not data.get("file"):
            raise forms.ValidationError(_("Choose a document, or a file."))
        return data


class TurnForm(VersionForm):
    """What a ticket is turned into: a new checklist, or a task of a project."""

    into = forms.ChoiceField(label=_("Turn it into"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, offered: Iterable[tuple[str, Any]], **options: Any) -> None:
        """Offer what the person may make here."""
        super().__init__(*args, **options)
        self.fields["into"].choices = list(offered)  # type: ignore[attr-defined] # of a ChoiceField


class KindForm(forms.Form):
    """One kind of ticket; a new one has no name yet."""

    name = forms.SlugField(required=False, max_length=80, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    title = forms.CharField(label=_("What it is called"), max_length=60)
    hint = forms.CharField(label=_("What to write for it"), max_length=300, required=False)
    place = forms.IntegerField(label=_("Place in the list"), min_value=0, max_value=999, initial=10)
    offered = forms.BooleanField(label=_("Clients can choose it"), required=False)

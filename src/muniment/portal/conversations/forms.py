"""What pages about conversations take: threads, messages, who is called and what is attached; and parts of lists."""

import re
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.core import signing
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from muniment.core import ids
from muniment.portal.conversations.types import BODY_MOST, TITLE_MOST, WHICH, After, Place
from muniment.portal.documents.types import FORM_FILE_BYTES

WHICH_WORDS = {"open": _("Open"), "mine": _("Mine"), "unread": _("Unread"), "solved": _("Solved")}
Pairs = Iterable[tuple[str, str]]
_CURSOR_SALT = "muniment.conversations.cursor"
_PLACE_PARTS = 2


class CursorField(forms.CharField):
    """Takes the place in a list where a page begins, as `write_cursor` gave it out."""

    def to_python(self, value: Any) -> Any:
        """Return the place, or None for nothing."""
        if not value:
            return None
        try:
            moment, identifier = signing.loads(str(value), salt=_CURSOR_SALT)
            return After(_moment(moment), ids.private(identifier))
        except (signing.BadSignature, ValueError) as error:
            raise forms.ValidationError(_("This page of the list is not there.")) from error


def write_cursor(after: After | None) -> str:
    """Return a place in a list for an address, empty for none."""
    return signing.dumps([after.last_at.isoformat(), ids.public(after.id)], salt=_CURSOR_SALT) if after else ""


def write_place(place: Place) -> str:
    """Return how far a page has read a thread, for an address."""
    return f"{place.changes}-{place.notes}"


def read_place(text: str) -> Place | None:
    """Return what `write_place` wrote; None for anything else."""
    parts = text.split("-")
    if len(parts) != _PLACE_PARTS or not all(part.isascii() and part.isdecimal() and len(part) < 10 for part in parts):  # noqa: PLR2004 - what the database counts to
        return None
    return Place(int(parts[0]), int(parts[1]))


class ListForm(forms.Form):
    """Which list, what is looked for instead, and where the page begins."""

    which = forms.ChoiceField(required=False, choices=[(which, which) for which in WHICH])
    text = forms.CharField(required=False, max_length=255)
    older = CursorField(required=False)


class BeforeForm(forms.Form):
    """Before which message a page ends, and with which template the next one begins."""

    before = forms.IntegerField(required=False, min_value=1, max_value=2_000_000_000)
    template = forms.CharField(required=False, max_length=40)


class WriteForm(forms.Form):
    """A message: its text, the documents it brings, whom it calls, and a file to keep for it."""

    body = forms.CharField(
        label=_("Message"),
        required=False,
        max_length=BODY_MOST + 2_000,  # line ends and spaces around it are not counted
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4, "data-grow": True}),
    )
    document = forms.TypedMultipleChoiceField(
        label=_("Documents"), required=False, coerce=ids.private, widget=forms.CheckboxSelectMultiple
    )
    mention = forms.TypedMultipleChoiceField(
        label=_("Call somebody"), required=False, coerce=ids.private, widget=forms.CheckboxSelectMultiple
    )
    file = forms.FileField(
        label=_("A new file"),
        required=False,
        allow_empty_file=True,
        max_length=255,
        widget=forms.FileInput(
            attrs={
                "data-most": FORM_FILE_BYTES,
                "data-too-large": _("This file is too large to come with a message. Upload it among the documents."),
            }
        ),
    )

    def __init__(self, *args: Any, documents: Pairs = (), people: Pairs = (), **options: Any) -> None:
        """Offer documents and people: (public id, name)."""
        super().__init__(*args, **options)
        for name, choices in (("document", documents), ("mention", people)):
            self.fields[name].choices = list(choices)  # type: ignore[attr-defined] # of a ChoiceField
        self.called = [(words, ids.private(text)) for text, words in people]

    def mentions(self) -> list[UUID]:
        """Return who is called: those chosen, and those whose whole name stands in the text behind an @.

        Where one name begins with another one, the longest counts.
        """
        longest = sorted({re.escape(name) for name, _person in self.called if name}, key=len, reverse=True)
        behind = rf"(?<!\w)@({'|'.join(longest)})(?!\w|[-'\u2019]\w)"
        found = set(re.findall(behind, self.cleaned_data["body"])) if longest else set()
        named = [person_id for name, person_id in self.called if name in found]
        return list(dict.fromkeys([*self.cleaned_data["mention"], *named]))


class StartForm(WriteForm):
    """A new thread: what it is about, in words, and its first message."""

    field_order = ("title", "body")
    title = forms.CharField(
        label=_("Subject"), max_length=TITLE_MOST, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class EditForm(forms.Form):
    """Another text for one's message, and the version that was read."""

    body = forms.CharField(
        label=_("Message"), max_length=BODY_MOST + 2_000, strip=False, widget=forms.Textarea(attrs={"rows": 8})
    )
    version = forms.IntegerField(min_value=1, max_value=2_000_000_000, widget=forms.HiddenInput)


class VersionForm(forms.Form):
    """The version of a message that was read."""

    version = forms.IntegerField(min_value=1, max_value=2_000_000_000)


class NoteForm(forms.Form):
    """A note for the firm alone."""

    body = forms.CharField(
        label=_("Note for the firm"),
        help_text=_("The client cannot read it. Their log says when a note was written and by whom, not what it says."),
        max_length=BODY_MOST + 2_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 3, "data-grow": True}),
    )


class AssignForm(forms.Form):
    """Who answers, and who it was when the page was drawn."""

    person = forms.CharField(required=False, max_length=40)
    before = forms.CharField(required=False, max_length=40)

    def clean_person(self) -> UUID | None:
        """Return who answers, None for whoever comes first."""
        return _optional_id(self.cleaned_data["person"])

    def clean_before(self) -> UUID | None:
        """Return who it was."""
        return _optional_id(self.cleaned_data["before"])


class TemplateForm(forms.Form):
    """A template of messages."""

    title = forms.CharField(
        label=_("Name"), max_length=TITLE_MOST, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    body = forms.CharField(
        label=_("Text"),
        max_length=BODY_MOST + 2_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("{client} becomes the client's name, {me} the name of who writes, {firm} the firm's."),
    )
    version = forms.IntegerField(required=False, min_value=0, max_value=2_000_000_000, widget=forms.HiddenInput)


def _optional_id(text: str) -> UUID | None:
    try:
        return ids.private(text) if text else None
    except ValueError as error:
        raise forms.ValidationError(_("This is not an id of this portal.")) from error


def _moment(text: str) -> Any:
    found = parse_datetime(text)
    if found is None:
        raise ValueError(text)
    return found

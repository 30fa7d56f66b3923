"""What pages about documents take: names, places, shares, and which part of a list."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from muniment.core import ids
from muniment.core.days import DayField
from muniment.portal.documents import kinds, names
from muniment.portal.documents.errors import NameRefused
from muniment.portal.documents.types import PAGE_SIZES, Cursor, FolderFacts, Receiver, Wanted
from muniment.trust.vault.types import RULED

TOP = ""
EVERYONE, GROUP = "everyone", "group:"
KIND_WORDS = {
    "": _("All kinds"),
    "pdf": _("PDF"),
    "image": _("Pictures"),
    "text": _("Text"),
    "sheet": _("Tables"),
    "word": _("Written"),
    "archive": _("Archives"),
    "other": _("Other"),
}
RULED_WORDS = {
    "pdf": _("PDF"),
    "image": _("Pictures"),
    "text": _("Text"),
    "office": _("Office documents"),
    "mail": _("Mails"),
    "archive": _("Archives"),
    "audio": _("Sound"),
    "video": _("Films"),
    "html": _("Web pages"),
    "svg": _("Drawings (SVG)"),
    "script": _("Scripts"),
    "program": _("Programs"),
    "other": _("Unknown kinds"),
    "macros": _("Office documents with macros"),
    "active": _("PDFs with scripts"),
    "encrypted": _("What is locked with a password"),
    "polyglot": _("Two kinds of file at once"),
}
SORT_WORDS = {"changed": _("Newest first"), "name": _("By name"), "size": _("Largest first")}
_CURSOR_SALT = "muniment.documents.cursor"


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
            raise forms.ValidationError(_("This is not an id of this portal.")) from error

    def prepare_value(self, value: Any) -> Any:
        """Return the id as it may be seen outside."""
        return ids.public(value) if isinstance(value, UUID) else value


class NameField(forms.CharField):
    """Takes the name of a document or folder."""

    def __init__(self, **options: Any) -> None:
        """Say what it is the name of."""
        super().__init__(max_length=names.MAXIMUM_CHARACTERS, **options)

    def to_python(self, value: Any) -> Any:
        """Return the name as it will be kept."""
        try:
            return names.clean(str(value)) if value else value
        except NameRefused as refusal:
            raise forms.ValidationError(refusal.sentence) from refusal


class CursorField(forms.CharField):
    """Takes the place in a list where a page begins, as `write_cursor` gave it out."""

    def to_python(self, value: Any) -> Any:
        """Return the place, or None for nothing."""
        if not value:
            return None
        try:
            position, identifier = signing.loads(str(value), salt=_CURSOR_SALT)
            return Cursor(position, ids.private(identifier))
        except (signing.BadSignature, ValueError) as error:
            raise forms.ValidationError(_("This page of the list is not there.")) from error


def write_cursor(cursor: Cursor | None) -> str:
    """Return a place in a list for an address, empty for none."""
    return signing.dumps([cursor.value, ids.public(cursor.id)], salt=_CURSOR_SALT) if cursor else ""


class ListForm(forms.Form):
    """Which part of a list, in which order; with a text, what to look for instead."""

    text = forms.CharField(required=False, max_length=names.MAXIMUM_CHARACTERS)
    kind = forms.ChoiceField(required=False, choices=[("", ""), *((kind, kind) for kind in kinds.KINDS)])
    sort = forms.ChoiceField(required=False, choices=list(SORT_WORDS.items()))
    rows = forms.TypedChoiceField(required=False, coerce=int, choices=[(size, size) for size in PAGE_SIZES])
    older = CursorField(required=False)
    newer = CursorField(required=False)

    def wanted(self) -> Wanted:
        """Return what is wanted; call it after the form was found valid."""
        data = self.cleaned_data
        return Wanted(
            sort=data["sort"] or "changed",
            kind=data["kind"],
            older=data["older"],
            newer=data["newer"],
            limit=data["rows"] or PAGE_SIZES[0],
        )


class SearchForm(forms.Form):
    """What is looked for, and where."""

    text = forms.CharField(required=False, max_length=names.MAXIMUM_CHARACTERS)
    kind = forms.ChoiceField(required=False, choices=[("", ""), *((kind, kind) for kind in kinds.KINDS)])
    client = PublicIdField(required=False)
    older = CursorField(required=False)


class PageForm(forms.Form):
    """Which page of a list that is counted in pages; the first without a number."""

    page = forms.IntegerField(required=False, min_value=1, max_value=1000)


class VersionForm(forms.Form):
    """Which version of a document; the newest without a number."""

    version = forms.IntegerField(required=False, min_value=1, max_value=1_000_000)


class SendForm(forms.Form):
    """A file in one piece, for browsers that run no scripts; into a folder, or as the next version of a document."""

    file = forms.FileField(label=_("File"), allow_empty_file=True, max_length=names.MAXIMUM_CHARACTERS)
    folder_id = PublicIdField(required=False, widget=forms.HiddenInput)
    document_id = PublicIdField(required=False, widget=forms.HiddenInput)


class RenameForm(forms.Form):
    """Another name."""

    name = NameField(label=_("Name"), widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}))


class MoveForm(forms.Form):
    """Another folder."""

    folder = forms.ChoiceField(label=_("Folder"), required=False)
    widen = forms.BooleanField(label=_("They may see it"), required=False)

    def __init__(self, *args: Any, places: Iterable[tuple[FolderFacts, int]], has_top: bool, **options: Any) -> None:
        """Offer the folders that the person may move things to, and the top where that is one."""
        super().__init__(*args, **options)
        top = [(TOP, _("Documents (the top)"))] if has_top else []
        inner = [(ids.public(folder.id), "\u2003" * depth + folder.name) for folder, depth in places]
        self.fields["folder"].choices = [*top, *inner]  # type: ignore[attr-defined] # of a ChoiceField
        self.fields["folder"].required = not has_top

    def clean_folder(self) -> UUID | None:
        """Return the chosen folder, None for the top."""
        chosen = self.cleaned_data["folder"]
        return ids.private(chosen) if chosen else None


class ShareForm(forms.Form):
    """Who, what, until when, and why."""

    reader = forms.ChoiceField(label=_("Who"))
    may = forms.ChoiceField(
        label=_("What they may do"),
        choices=[("viewer", _("Open it here")), ("downloader", _("Open and download")), ("editor", _("Change it too"))],
        initial="viewer",
        widget=forms.RadioSelect,
    )
    until = DayField(
        label=_("Until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The last day, in UTC. Without one it lasts until somebody ends it."),
    )
    why = forms.CharField(
        label=_("Why"),
        max_length=500,
        help_text=_("The client sees this reason beside every access."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self,
        *args: Any,
        people: Iterable[tuple[UUID, str]],
        groups: Iterable[tuple[UUID, str]] = (),
        roles: Iterable[tuple[str, str]] = (),
        **options: Any,
    ) -> None:
        """Offer people and groups of the client, all of its contacts at once, and the firm's own roles for shares."""
        super().__init__(*args, **options)
        everyone = (EVERYONE, _("Everyone of the client"))
        gathered = [(GROUP + ids.public(group), _("Group: %s") % name) for group, name in groups]
        choices = [("", _("Choose…")), everyone, *gathered, *((ids.public(person), name) for person, name in people)]
        self.fields["reader"].choices = choices  # type: ignore[attr-defined] # of a ChoiceField
        self.fields["may"].choices = [*self.fields["may"].choices, *roles]  # type: ignore[attr-defined] # the same

    def clean_reader(self) -> Receiver:
        """Return the person or the group, neither for everyone."""
        chosen = self.cleaned_data["reader"]
        if chosen == EVERYONE:
            return Receiver()
        if chosen.startswith(GROUP):
            return Receiver(group_id=ids.private(chosen.removeprefix(GROUP)))
        return Receiver(person_id=ids.private(chosen))

    def clean_until(self) -> datetime | None:
        """Return the end, exclusive: the midnight after the last day."""
        day = self.cleaned_data["until"]
        return datetime.combine(day + timedelta(days=1), time.min, tzinfo=UTC) if day else None


class ChosenForm(forms.Form):
    """Documents chosen in a list."""

    document = forms.TypedMultipleChoiceField(required=False, coerce=ids.private)

    def __init__(self, data: Any) -> None:
        """Let any ids be chosen: which of them may be acted on is decided by the action."""
        super().__init__(data)
        texts = data.getlist("document")
        self.fields["document"].choices = [(text, text) for text in texts]  # type: ignore[attr-defined] # of a ChoiceField


class ReasonForm(forms.Form):
    """Takes why something is done."""

    reason = forms.CharField(label=_("Why"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, is_needed: bool, **kwargs: Any) -> None:
        """Say whether a reason is needed."""
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = is_needed


class RulesForm(forms.Form):
    """Takes, for each kind of file and each danger, what is done with it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Make a choice for each."""
        super().__init__(*args, **kwargs)
        outcomes = [("allow", _("Let in")), ("hold", _("Hold")), ("refuse", _("Refuse"))]
        for name in RULED:
            self.fields[name] = forms.ChoiceField(choices=outcomes, label=RULED_WORDS[name])

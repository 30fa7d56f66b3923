"""What pages of checklists take: answers, words about them, and how a checklist is put together."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from muniment.core import clock, ids
from muniment.core.days import DayField
from muniment.portal.checklists.answers import REMARK_MOST, TEXT_MOST
from muniment.portal.checklists.types import ItemFacts

WORDS_MOST = 2_000
USUAL_DAYS, USUAL_USES = 7, 5
FARTHEST = timedelta(days=3660)
_DAY = {"type": "date"}


def _areas(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def _date_input() -> forms.DateInput:
    return forms.DateInput(attrs=_DAY, format="%Y-%m-%d")


def _today() -> date:
    return timezone.localdate(clock.now())


class VersionForm(forms.Form):
    """Which version of a thing the person saw."""

    version = forms.IntegerField(min_value=1, max_value=1_000_000_000, widget=forms.HiddenInput)


class AnswerForm(VersionForm):
    """An answer of the kind that an item asks for, and a remark."""

    answer = forms.CharField(label=_("Your answer"), max_length=TEXT_MOST, widget=_areas(4))
    remark = forms.CharField(
        label=_("Remark"), required=False, max_length=REMARK_MOST, widget=_areas(2), help_text=_("If you like.")
    )

    def __init__(self, *args: Any, item: ItemFacts, **options: Any) -> None:
        """Ask as the item does."""
        super().__init__(*args, **options)
        field: forms.Field = self.fields["answer"]
        if item.kind == "approve":
            field = _choice(_("What do you say?"), [("yes", _("I approve")), ("no", _("I do not approve"))])
        elif item.kind == "read":
            field = _choice(_("Read"), [("yes", _("I have read it"))])
            del self.fields["remark"]
        elif item.shape == "yes-no":
            field = _choice(_("Your answer"), [("yes", _("Yes")), ("no", _("No"))])
        elif item.shape == "choice":
            field = _choice(_("Your answer"), [(word, word) for word in item.choices])
        elif item.shape == "number":
            widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
            field = forms.CharField(label=_("Your answer"), max_length=40, widget=widget)
        elif item.shape == "date":
            field = forms.CharField(label=_("Your answer"), max_length=10, widget=forms.TextInput(attrs=_DAY))
        self.fields["answer"] = field


class KeepForm(VersionForm):
    """What somebody has typed so far, whatever it is."""

    answer = forms.CharField(required=False, max_length=TEXT_MOST, strip=False)
    remark = forms.CharField(required=False, max_length=REMARK_MOST, strip=False)


class WordsForm(VersionForm):
    """A reason or a note."""

    words = forms.CharField(label=_("Why"), max_length=WORDS_MOST, widget=_areas(3))

    def __init__(self, *args: Any, label: Any = None, hint: Any = "", **options: Any) -> None:
        """Say what the words are for."""
        super().__init__(*args, **options)
        if label is not None:
            self.fields["words"].label = label
        self.fields["words"].help_text = hint


class AssignForm(VersionForm):
    """Whose turn it is, and by when."""

    assignee = forms.ChoiceField(label=_("Who"), required=False)
    due = DayField(label=_("Due"), required=False, widget=_date_input())

    def __init__(self, *args: Any, people: Iterable[tuple[UUID, str]], **options: Any) -> None:
        """Offer the people of the side that is asked."""
        super().__init__(*args, **options)
        choices = [("", _("Anybody who may answer")), *((ids.public(person), name) for person, name in people)]
        self.fields["assignee"].choices = choices  # type: ignore[attr-defined] # of a ChoiceField

    def clean_assignee(self) -> UUID | None:
        """Return the person, or None for anybody."""
        chosen = self.cleaned_data["assignee"]
        return ids.private(chosen) if chosen else None


class FileForm(forms.Form):
    """A file in one piece, for browsers that run no scripts."""

    file = forms.FileField(label=_("File"), allow_empty_file=True, max_length=255)


class LinkForm(forms.Form):
    """For whom a link is, until when, how often, and why."""

    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("The link goes there, and each time it is opened a code as well. Nobody else can use it."),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    until = DayField(
        label=_("Until"),
        initial=lambda: _today() + timedelta(days=USUAL_DAYS),
        widget=_date_input(),
        help_text=_("The last day, in UTC; within three months."),
    )
    uses = forms.IntegerField(label=_("How often it can be opened"), min_value=1, max_value=100, initial=USUAL_USES)
    why = forms.CharField(
        label=_("What you ask for"),
        max_length=500,
        widget=_areas(2),
        help_text=_("They read this above the page, and the client beside every access."),
    )

    def clean_until(self) -> datetime:
        """Return the end, exclusive: the midnight after the last day."""
        last: date = self.cleaned_data["until"]
        if abs(last - _today()) > FARTHEST:
            raise forms.ValidationError(_("This day is too far away."))
        return datetime.combine(last + timedelta(days=1), time.min, tzinfo=UTC)


class TitleForm(forms.Form):
    """What a checklist is called, and what is said about it."""

    title = forms.CharField(
        label=_("Title"), max_length=200, help_text=_("Words in braces such as {year} are asked for when it is sent.")
    )
    intro = forms.CharField(label=_("A few words for the client"), required=False, max_length=4_000, widget=_areas(3))


class BeginForm(forms.Form):
    """From which template a checklist is begun, or from none."""

    template = forms.ChoiceField(label=_("Begin with"), required=False, widget=forms.RadioSelect)

    def __init__(self, *args: Any, templates: Iterable[tuple[UUID, str]], **options: Any) -> None:
        """Offer the templates of the firm."""
        super().__init__(*args, **options)
        choices = [("", _("An empty checklist")), *((ids.public(row), title) for row, title in templates)]
        self.fields["template"].choices = choices  # type: ignore[attr-defined] # of a ChoiceField

    def clean_template(self) -> UUID | None:
        """Return the template, or None for none."""
        chosen = self.cleaned_data["template"]
        return ids.private(chosen) if chosen else None


class SendingForm(forms.Form):
    """What stands for the words in braces, and the day that due dates are counted from."""

    counted_from = DayField(
        label=_("Due dates count from"), initial=_today, widget=_date_input(), help_text=_("Usually today.")
    )

    def __init__(self, *args: Any, words: Iterable[str], **options: Any) -> None:
        """Ask for each word in braces; the year is the one that is over most often."""
        super().__init__(*args, **options)
        self.words = list(words)
        for word in self.words:
            initial = str(_today().year) if word == "year" else ""
            self.fields[f"word_{word}"] = forms.CharField(label=f"{{{word}}}", max_length=200, initial=initial)

    def clean_counted_from(self) -> date:
        """Return the day; none from which no due date can be counted."""
        day: date = self.cleaned_data["counted_from"]
        if abs(day - _today()) > FARTHEST:
            raise forms.ValidationError(_("This day is too far away."))
        return day

    def values(self) -> dict[str, str]:
        """Return what stands for each word; call it after the form was found valid."""
        return {word: self.cleaned_data[f"word_{word}"] for word in self.words}


class ManyForm(SendingForm):
    """The same, and which clients are asked."""

    clients = forms.MultipleChoiceField(label=_("Clients"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, companies: Iterable[tuple[UUID, str]], **options: Any) -> None:
        """Offer the clients that the person may ask."""
        super().__init__(*args, **options)
        choices = [(ids.public(client_id), name) for client_id, name in companies]
        self.fields["clients"].choices = choices  # type: ignore[attr-defined] # of a ChoiceField

    def clean_clients(self) -> list[UUID]:
        """Return the clients."""
        return [ids.private(chosen) for chosen in self.cleaned_data["clients"]]


def _choice(label: Any, choices: list[tuple[str, Any]]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect)

"""The form of one item of a template or draft."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from muniment.core import ids
from muniment.portal.checklists.checking import DUE_MOST, LABELS, TEXT_MOST, TITLE_MOST, answers_of
from muniment.portal.checklists.plans import Plan, PlanItem

KIND_WORDS = {
    "upload": _("A file"),
    "text": _("An answer in words"),
    "choice": _("One of several answers"),
    "number": _("A number"),
    "date": _("A date"),
    "yes-no": _("Yes or no"),
    "approve": _("To read and approve"),
    "read": _("To read"),
}
"""What can be asked for: kinds, and in the place of "answer" its shapes."""

_LABEL_WORDS = {"": _("As the folder"), "confidential": _("Confidential"), "restricted": _("Restricted")}


class PlanItemForm(forms.Form):
    """What is asked for, from whom, by when, and where a file for it goes."""

    version = forms.IntegerField(min_value=1, max_value=1_000_000_000, widget=forms.HiddenInput)
    title = forms.CharField(label=_("What you ask for"), max_length=TITLE_MOST)
    kind = forms.ChoiceField(label=_("Kind"), choices=list(KIND_WORDS.items()))
    section = forms.CharField(
        label=_("Section"), required=False, max_length=TITLE_MOST, help_text=_("The heading it stands under.")
    )
    text = forms.CharField(
        label=_("Explanation, or the text to read"),
        required=False,
        max_length=TEXT_MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    choices = forms.CharField(
        label=_("Answers to choose from"),
        required=False,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One a line; for one of several answers."),
    )
    side = forms.ChoiceField(label=_("Who does it"), choices=[("client", _("The client")), ("firm", _("We"))])
    assignee = forms.ChoiceField(label=_("Person"), required=False)
    due_days = forms.IntegerField(
        label=_("Due after"), required=False, min_value=0, max_value=DUE_MOST, help_text=_("In days after the sending.")
    )
    folder = forms.CharField(
        label=_("Folder for the file"),
        required=False,
        max_length=500,
        help_text=_("Names from the top with slashes between, as in Accounts/{year}. It is made if it is not there."),
    )
    file_name = forms.CharField(
        label=_("Name of the file"), required=False, max_length=TITLE_MOST, help_text=_("Else what you ask for.")
    )
    label = forms.ChoiceField(label=_("Label of the file"), required=False, choices=list(_LABEL_WORDS.items()))
    document = forms.ChoiceField(label=_("Document to read"), required=False)
    only = forms.ChoiceField(label=_("Only if"), required=False)

    def __init__(
        self,
        *args: Any,
        plan: Plan,
        key: int,
        people: Iterable[tuple[UUID, str]] = (),
        documents: Iterable[tuple[str, str]] = (),
        **options: Any,
    ) -> None:
        """Offer conditions on what stands before, and (for one client) its people and documents (public id, name)."""
        super().__init__(*args, **options)
        self.key = key
        persons = [("", _("Anybody who may answer")), *((ids.public(person), name) for person, name in people)]
        papers = [("", _("None")), *documents]
        self._offer("only", [("", _("Always ask")), *_conditions(plan, key)])
        for name, choices in (("assignee", persons), ("document", papers)):
            if len(choices) > 1:
                self._offer(name, choices)
            else:
                del self.fields[name]

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined] # of a ChoiceField

    def item(self) -> PlanItem:
        """Return what was typed; call it after the form was found valid."""
        data = self.cleaned_data
        kind = data["kind"]
        asks, is_file = kind not in {"upload", "approve", "read"}, kind == "upload"
        only_key, _sep, only_answer = data["only"].partition(":")
        lines = (line.strip() for line in data["choices"].splitlines())
        return PlanItem(
            key=self.key,
            kind="answer" if asks else kind,
            title=data["title"].strip(),
            section=data["section"].strip(),
            shape=kind if asks else "",
            text=data["text"],
            choices=tuple(dict.fromkeys(filter(None, lines))) if kind == "choice" else (),
            side=data["side"],
            due_days=data["due_days"],
            folder=data["folder"].strip() if is_file else "",
            label=data["label"] if is_file and data["label"] in LABELS else "",
            file_name=data["file_name"].strip() if is_file else "",
            document=_kept(data.get("document", "")) if kind in {"approve", "read"} else "",
            assignee=_kept(data.get("assignee", "")),
            only_key=int(only_key) if only_key else None,
            only_answer=only_answer,
        )


def as_typed(item: PlanItem) -> dict[str, Any]:
    """Return the initial values of the form for an item."""
    only = f"{item.only_key}:{item.only_answer}" if item.only_key is not None else ""
    return {
        "title": item.title,
        "kind": item.shape or item.kind,
        "section": item.section,
        "text": item.text,
        "choices": "\n".join(item.choices),
        "side": item.side,
        "assignee": _shown(item.assignee),
        "due_days": item.due_days,
        "folder": item.folder,
        "file_name": item.file_name,
        "label": item.label,
        "document": _shown(item.document),
        "only": only,
    }


def condition_words(plan: Plan, item: PlanItem) -> str:
    """Return an item's condition in words; empty where it has none."""
    rests_on = plan.item(item.only_key) if item.only_key is not None else None
    return _words(rests_on, item.only_answer) if rests_on else ""


def _conditions(plan: Plan, key: int) -> list[tuple[str, str]]:
    """Return the conditions that an item can have: answers of what stands before it."""
    found = []
    for item in plan.items:
        if item.key == key:
            break
        found += [(f"{item.key}:{answer}", _words(item, answer)) for answer in answers_of(item)]
    return found


def _words(item: PlanItem, answer: str) -> str:
    said = {"yes": str(_("Yes")), "no": str(_("No"))}.get(answer, answer) if item.shape != "choice" else answer
    return f"{item.title}: {_short(said)}"


def _shown(kept: str) -> str:
    """Return an id of a plan as pages show it; empty stays empty."""
    return ids.public(UUID(kept)) if kept else ""


def _kept(shown: str) -> str:
    """Return what a plan keeps of an id that a page showed."""
    return str(ids.private(shown)) if shown else ""


def _short(text: str) -> str:
    most = 60
    return text if len(text) <= most else f"{text[:most]}…"

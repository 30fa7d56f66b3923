"""What pages about projects take."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from muniment.core import ids
from muniment.core.days import DayField
from muniment.portal.projects import texts
from muniment.portal.projects.actions import ProjectValues
from muniment.portal.projects.types import STATES, Dates, RuleValues, TaskValues

Choices = list[tuple[str, str]]
SIDE_WORDS = {"firm": lazy("The firm"), "client": lazy("The client")}
STATE_WORDS = {
    "open": lazy("Open"),
    "in-work": lazy("In work"),
    "blocked": lazy("Blocked"),
    "done": lazy("Done"),
    "dropped": lazy("Dropped"),
}
TRIGGER_WORDS = {
    "stage-done": lazy("All tasks of a stage are done"),
    "thing-done": lazy("A task is done, for example because all of its checklist is accepted"),
    "date": lazy("A day has come"),
}
EFFECT_WORDS = {
    "next-stage": lazy("Bring the project to the next stage"),
    "create-task": lazy("Create a task"),
    "notify": lazy("Tell somebody"),
    "send-checklist": lazy("Send a checklist"),
}
DAYS_MOST = 3660
FIRM_ONLY = lazy(
    "The client cannot read it. Their log shows when it was made or changed and by whom, not what it says."
)


def _day(label: Any, **options: Any) -> DayField:
    return DayField(
        label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options
    )


def _days(label: Any, **options: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=DAYS_MOST, **options)


def _one_of(label: Any, *, required: bool = False) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=label, required=required, coerce=ids.private, empty_value=None)


class VersionForm(forms.Form):
    """What was read when somebody began to change it."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput())


class ProjectForm(forms.Form):
    """What a project is called, what it is for, who leads it, and when it is to be over."""

    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput())
    name = forms.CharField(label=lazy("Name"), max_length=texts.NAME_MOST)
    about = forms.CharField(
        label=lazy("What it is for"), required=False, max_length=texts.TEXT_MOST, widget=forms.Textarea({"rows": 3})
    )
    template = _one_of(lazy("Begin with"))
    lead = _one_of(lazy("Who leads it"))
    started_on = _day(lazy("Begins on"))
    due_on = _day(lazy("To be over by"))

    def __init__(self, *args: Any, templates: Choices, people: Choices, is_template: bool, **options: Any) -> None:
        """Offer templates and people (public id, name); a template itself has neither people nor dates."""
        super().__init__(*args, **options)
        if templates:
            self.fields["template"].choices = [("", _("An empty project")), *templates]  # type: ignore[attr-defined] # of a ChoiceField
        else:
            del self.fields["template"]
        self.fields["lead"].choices = [("", _("Nobody yet")), *people]  # type: ignore[attr-defined] # the same
        if is_template:
            for name in ("lead", "started_on", "due_on"):
                del self.fields[name]

    def values(self) -> ProjectValues:
        """Return what was said."""
        said = self.cleaned_data
        return ProjectValues(said["name"], said["about"], said.get("started_on"), said.get("due_on"), said.get("lead"))


class NameForm(forms.Form):
    """What a stage or a template is called."""

    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput())
    name = forms.CharField(label=lazy("Name"), max_length=texts.NAME_MOST)


class TaskForm(forms.Form):
    """What is to be done, by whom, until when, and what it is about."""

    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput())
    title = forms.CharField(label=lazy("What is to be done"), max_length=texts.NAME_MOST)
    about = forms.CharField(
        label=lazy("How, in words"), required=False, max_length=texts.TEXT_MOST, widget=forms.Textarea({"rows": 3})
    )
    stage = _one_of(lazy("Stage"), required=True)
    who = forms.ChoiceField(label=lazy("Who does it"))
    start_on = _day(lazy("From"))
    due_on = _day(lazy("Until"))
    start_day = _days(lazy("From day"), help_text=lazy("Counted from the day on which a project begins."))
    due_day = _days(lazy("Until day"))
    thing = forms.ChoiceField(
        label=lazy("Points to"), required=False, help_text=lazy("The task is done by itself when this is.")
    )
    for_firm = forms.BooleanField(label=lazy("Only people of the firm see it"), required=False, help_text=FIRM_ONLY)

    def __init__(
        self, *args: Any, stages: Choices, people: Any, things: Any, is_template: bool, **options: Any
    ) -> None:
        """Offer stages (public id, name), people and things in groups, as a select has them."""
        super().__init__(*args, **options)
        self.fields["stage"].choices = stages  # type: ignore[attr-defined] # of a ChoiceField
        self.fields["who"].choices = people  # type: ignore[attr-defined] # the same
        self.fields["thing"].choices = [("", _("Nothing")), *things]  # type: ignore[attr-defined] # the same
        for name in ("start_on", "due_on") if is_template else ("start_day", "due_day"):
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Refuse what cannot be, beside the field that says it."""
        said: dict[str, Any] = super().clean() or {}
        if said.get("for_firm") and not str(said.get("who", "")).startswith("firm"):
            self.add_error("for_firm", _("Only what the firm does can be kept from the client."))
        for first, last in (("start_on", "due_on"), ("start_day", "due_day")):
            begins, ends = said.get(first), said.get(last)
            if begins is not None and ends is not None and ends < begins:
                self.add_error(last, _("This is before it begins."))
        return said

    def values(self) -> TaskValues:
        """Return what was said."""
        said = self.cleaned_data
        side, _sep, person = said["who"].partition(":")
        kind, _sep, thing = said["thing"].partition(":")
        dates = Dates(**{name: said.get(name) for name in ("start_on", "due_on", "start_day", "due_day")})
        return TaskValues(
            title=said["title"],
            about=said["about"],
            side=side,
            assignee_id=ids.private(person) if person else None,
            dates=dates,
            for_firm=said["for_firm"],
            thing_kind=kind,
            thing_id=ids.private(thing) if thing else None,
        )


class MoveForm(VersionForm):
    """To which state a task goes, and why where it stops."""

    state = forms.ChoiceField(choices=[(state, state) for state in STATES])
    why = forms.CharField(required=False, max_length=texts.TEXT_MOST)


class PlaceForm(VersionForm):
    """Into which stage a task goes, and to which place there."""

    stage = forms.CharField(max_length=ids.PUBLIC_LENGTH)
    place = forms.IntegerField(min_value=0, max_value=1000)

    def clean_stage(self) -> UUID:
        """Return the id of the stage."""
        return _private(self.cleaned_data["stage"])


class OrderForm(forms.Form):
    """To which place a stage goes."""

    place = forms.IntegerField(min_value=0, max_value=1000)


class FirstForm(forms.Form):
    """Which task comes first."""

    first = forms.CharField(max_length=ids.PUBLIC_LENGTH)

    def clean_first(self) -> UUID:
        """Return the id of the task."""
        return _private(self.cleaned_data["first"])


class StageForm(VersionForm):
    """To which stage a project comes."""

    stage = forms.CharField(max_length=ids.PUBLIC_LENGTH)

    def clean_stage(self) -> UUID:
        """Return the id of the stage."""
        return _private(self.cleaned_data["stage"])


class RuleForm(forms.Form):
    """What sets a rule off, and what it does then."""

    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput())
    trigger = forms.ChoiceField(label=lazy("When"), choices=list(TRIGGER_WORDS.items()))
    stage = _one_of(lazy("Which stage"))
    task = _one_of(lazy("Which task"))
    on_date = _day(lazy("Which day"))
    on_day = _days(lazy("Which day, counted from the beginning"))
    effect = forms.ChoiceField(label=lazy("Then"), choices=list(EFFECT_WORDS.items()))
    to_stage = _one_of(lazy("To which stage, or in which"))
    title = forms.CharField(label=lazy("What the new task is called"), required=False, max_length=texts.NAME_MOST)
    who = forms.ChoiceField(label=lazy("For whom, or whom to tell"))
    days = _days(lazy("Due in how many days"))
    checklist = _one_of(lazy("Which checklist"))
    for_firm = forms.BooleanField(
        label=lazy("Only people of the firm see the new task"), required=False, help_text=FIRM_ONLY
    )

    def __init__(
        self,
        *args: Any,
        stages: Choices,
        tasks: Choices,
        people: Any,
        lists: Choices,
        is_template: bool,
        **options: Any,
    ) -> None:
        """Offer stages, tasks and checklists (public id, name), and people in groups."""
        super().__init__(*args, **options)
        offered = {"stage": stages, "task": tasks, "to_stage": stages, "checklist": lists}
        for name, choices in offered.items():
            self.fields[name].choices = [("", _("Choose…")), *choices]  # type: ignore[attr-defined] # of a ChoiceField
        self.fields["to_stage"].choices[0] = ("", _("The next one, or the one it stands in"))  # type: ignore[attr-defined] # the same
        self.fields["who"].choices = people  # type: ignore[attr-defined] # the same
        del self.fields["on_date" if is_template else "on_day"]
        if not lists:
            del self.fields["checklist"]
            self.fields["effect"].choices = [  # type: ignore[attr-defined] # the same
                pair for pair in EFFECT_WORDS.items() if pair[0] != "send-checklist"
            ]

    def values(self) -> RuleValues:
        """Return what was said."""
        said = self.cleaned_data
        side, _sep, person = said["who"].partition(":")
        return RuleValues(
            trigger=said["trigger"],
            effect=said["effect"],
            stage_id=said["stage"],
            task_id=said["task"],
            on_date=said.get("on_date"),
            on_day=said.get("on_day"),
            to_stage_id=said["to_stage"],
            title=said["title"],
            side=side,
            person_id=ids.private(person) if person else None,
            days=said["days"],
            checklist_template_id=said.get("checklist"),
            for_firm=said["for_firm"],
        )


def _private(text: str) -> UUID:
    try:
        return ids.private(text)
    except ValueError as error:
        raise forms.ValidationError(_("This is not an id of this portal.")) from error

"""Projects, their stages, tasks, what waits for what, and rules."""

from django.db import models
from django.db.models import F, Q

from muniment.core import clock
from muniment.core.data_map import Kept, clear, content
from muniment.portal.projects.types import EFFECTS, SIDES, STATES, THINGS, TRIGGERS, UNDER_WAY
from muniment.trust.clients.types import ClientReference, ClientRow
from muniment.trust.vault.fields import SealedText

_KEPT = "until the client's space is destroyed"


class Project(ClientRow):
    """Work that client and firm follow together; in the firm's own space a template to copy.

    `stage` is where it stands. `version` grows with each change of the row itself.
    """

    name = SealedText()
    about = SealedText(default="")
    is_template = models.BooleanField(default=False)
    stage = ClientReference("projects.Stage", null=True)
    lead_id = models.UUIDField(null=True)
    started_on = models.DateField()
    due_on = models.DateField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    created_by = models.UUIDField(null=True)
    closed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    DATA = Kept(
        _KEPT,
        name=content("What it is called"),
        about=content("What it is for"),
        is_template=clear("Whether it is there to be copied"),
        stage=clear("In which stage it stands"),
        lead_id=clear("Who of the firm leads it"),
        started_on=clear("On which day it began"),
        due_on=clear("By which day it is to be over"),
        created_by=clear("Who started it"),
        closed_at=clear("When it was closed"),
        version=clear("How often it was changed, so that two at once lose nothing"),
    )

    class Meta:
        db_table = "project"
        indexes = (models.Index(fields=["client", "-id"], name="project_newest"),)


class Stage(ClientRow):
    """One part of a project, in its place among the others."""

    project = ClientReference("projects.Project", related_name="stages")
    name = SealedText()
    place = models.PositiveIntegerField()
    reached_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    DATA = Kept(
        _KEPT,
        project=clear("Of which project"),
        name=content("What it is called"),
        place=clear("Where it stands among the others"),
        reached_at=clear("When the project came to it last"),
        version=clear("How often it was changed"),
    )

    class Meta:
        db_table = "stage"
        indexes = (models.Index(fields=["client", "project", "place"], name="stage_in_project"),)


class Task(ClientRow):
    """Something to do in a project, for the firm or for the client.

    What is `for_firm` is shown to people of the firm alone: a row policy says so. `thing_kind` and `thing_id` say what
    it points to, and then it follows that. Days of templates count from a project's beginning.
    """

    project = ClientReference("projects.Project", related_name="tasks")
    stage = ClientReference("projects.Stage", related_name="tasks")
    place = models.PositiveIntegerField()
    title = SealedText()
    about = SealedText(default="")
    state = models.TextField(default="open")
    why = SealedText(default="")
    side = models.TextField(default="firm")
    assignee_id = models.UUIDField(null=True)
    start_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    start_day = models.IntegerField(null=True)
    due_day = models.IntegerField(null=True)
    for_firm = models.BooleanField(default=False)
    thing_kind = models.TextField(default="")
    thing_id = models.UUIDField(null=True)
    rule_id = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    created_by = models.UUIDField(null=True)
    changed_at = models.DateTimeField(default=clock.now)
    changed_by = models.UUIDField(null=True)
    done_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    DATA = Kept(
        _KEPT,
        project=clear("Of which project"),
        stage=clear("In which stage"),
        place=clear("Where it stands among the others"),
        title=content("What is to be done"),
        about=content("How, in words"),
        state=clear("How far it is", "one of five words"),
        why=content("Why it is blocked or dropped"),
        side=clear("Whether the firm or the client does it", "one of two words"),
        assignee_id=clear("Who does it"),
        start_on=clear("On which day it is to begin"),
        due_on=clear("By which day it is to be done"),
        start_day=clear("The same in a template, in days"),
        due_day=clear("The same in a template, in days"),
        for_firm=clear("Whether it is shown to people of the firm alone"),
        thing_kind=clear("What kind of thing it points to", "one of a few words"),
        thing_id=clear("Which thing that is"),
        rule_id=clear("Which rule made it"),
        created_by=clear("Who made it"),
        changed_at=clear("When it was changed last"),
        changed_by=clear("By whom"),
        done_at=clear("When it was done"),
        told_at=clear("When somebody was told that it is due"),
        version=clear("How often it was changed, so that two at once lose nothing"),
    )

    class Meta:
        db_table = "task"
        constraints = (
            models.CheckConstraint(condition=Q(state__in=STATES), name="task_state"),
            models.CheckConstraint(condition=Q(side__in=SIDES), name="task_side"),
            models.CheckConstraint(condition=Q(thing_kind__in=THINGS), name="task_thing"),
            models.CheckConstraint(condition=Q(for_firm=False) | Q(side="firm"), name="task_of_the_firm"),
        )
        indexes = (
            models.Index(fields=["client", "project", "stage", "place"], name="task_in_project"),
            models.Index(
                fields=["client", "assignee_id", "due_on"], condition=Q(state__in=UNDER_WAY), name="task_of_person"
            ),
            models.Index(fields=["client", "side", "due_on"], condition=Q(state__in=UNDER_WAY), name="task_of_side"),
            models.Index(fields=["client", "thing_id"], condition=Q(thing_id__isnull=False), name="task_of_thing"),
        )


class Need(ClientRow):
    """A task that cannot begin before another one is over."""

    task = ClientReference("projects.Task", related_name="needs")
    first = ClientReference("projects.Task", related_name="needed_by")

    DATA = Kept(_KEPT, task=clear("Which task waits"), first=clear("For which one"))

    class Meta:
        db_table = "task_need"
        constraints = (
            models.UniqueConstraint(fields=["client", "task", "first"], name="one_need_of_a_pair"),
            models.CheckConstraint(condition=~Q(task=F("first")), name="task_needs_another"),
        )
        indexes = (models.Index(fields=["client", "first"], name="task_need_first"),)


class Rule(ClientRow):
    """What happens by itself in a project, once: `ran_at` says that it did. People of the firm alone see rules.

    `refused` is why its last run was refused. No day tries such a rule again, before it or its project is changed.
    """

    project = ClientReference("projects.Project", related_name="rules")
    trigger = models.TextField()
    stage = ClientReference("projects.Stage", null=True)
    task = ClientReference("projects.Task", null=True)
    on_date = models.DateField(null=True)
    on_day = models.IntegerField(null=True)
    effect = models.TextField()
    to_stage = ClientReference("projects.Stage", null=True)
    title = SealedText(default="")
    side = models.TextField(default="firm")
    person_id = models.UUIDField(null=True)
    days = models.IntegerField(null=True)
    checklist_template_id = models.UUIDField(null=True)
    for_firm = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)
    created_by = models.UUIDField(null=True)
    ran_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    refused = models.TextField(default="")
    version = models.PositiveIntegerField(default=1)

    DATA = Kept(
        _KEPT,
        project=clear("Of which project"),
        trigger=clear("What sets it off", "one of three words"),
        stage=clear("Which stage that is about"),
        task=clear("Which task that is about"),
        on_date=clear("Which day that is"),
        on_day=clear("The same in a template, in days"),
        effect=clear("What it does", "one of four words"),
        to_stage=clear("To which stage, or in which"),
        title=content("What the task it makes is called, or what it tells"),
        side=clear("For whom the task is", "one of two words"),
        person_id=clear("Who gets the task, or is told"),
        days=clear("In how many days the task is due"),
        checklist_template_id=clear("Which checklist it sends"),
        for_firm=clear("Whether the task is shown to people of the firm alone"),
        created_by=clear("Who made it"),
        ran_at=clear("When it ran"),
        refused_at=clear("When it could not run"),
        refused=clear("Why it could not", "a code such as too-many-in-project"),
        version=clear("How often it was changed"),
    )

    class Meta:
        db_table = "project_rule"
        constraints = (
            models.CheckConstraint(condition=Q(trigger__in=TRIGGERS), name="project_rule_trigger"),
            models.CheckConstraint(condition=Q(effect__in=EFFECTS), name="project_rule_effect"),
            models.CheckConstraint(condition=Q(side__in=SIDES), name="project_rule_side"),
        )
        indexes = (models.Index(fields=["client", "project"], condition=Q(ran_at=None), name="project_rule_waiting"),)

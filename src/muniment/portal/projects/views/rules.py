"""The rules of a project or template: what happens by itself."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from muniment.core import ids
from muniment.core.errors import sentence_of
from muniment.portal.projects import actions, queries
from muniment.portal.projects.errors import MovedOn, NotForPerson, RuleIncomplete, TextRefused
from muniment.portal.projects.forms import EFFECT_WORDS, TRIGGER_WORDS, RuleForm
from muniment.portal.projects.requests import ActorRequest
from muniment.portal.projects.types import Board, RuleFacts
from muniment.portal.projects.views.shown import crumbs, names_of, project_url, stage_choices, who_choices
from muniment.portal.projects.views.theirs import theirs
from muniment.trust.access.types import permission


@permission("project:set")
@require_safe
def rules(request: ActorRequest, client_id: UUID, project_id: UUID) -> HttpResponse:
    """Show the rules of a project in words."""
    board = queries.board(request.actor, project_id)
    found = queries.rules(request.actor, project_id)
    due = set(queries.due_rules(request.actor, project_id))
    names = names_of({rule.person_id for rule in found})
    templates = queries.checklist_templates(request.actor) if any(r.checklist_template_id for r in found) else {}
    context = {
        "project": board.project,
        "crumbs": crumbs(client_id, board.project, _("Rules")),
        "rows": [
            {
                "rule": rule,
                "is_due": rule.id in due,
                "refused": _(sentence_of(rule.refused)) if rule.refused else "",
                **_words(board, rule, names, templates),
            }
            for rule in found
        ],
        "is_open": board.project.closed_at is None,
        "has_stages": bool(board.stages),
    }
    return render(request, "projects/rules.html", context)


@permission("project:set")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ActorRequest, client_id: UUID, project_id: UUID) -> HttpResponse:
    """Ask what sets a new rule off and what it does, and make it."""
    board = queries.board(request.actor, project_id)
    queries.rules(request.actor, project_id)
    form = _form(request, board)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_rule(request.actor, project_id=project_id, values=form.values())
        except (RuleIncomplete, NotForPerson, TextRefused) as refusal:
            form.add_error(None, _(refusal.sentence))
        else:
            messages.success(request, _("The rule is made."))
            return redirect(project_url(client_id, project_id, "rules"))
    return _page(request, client_id, board, form)


@permission("project:set")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: ActorRequest, client_id: UUID, project_rule_id: UUID) -> HttpResponse:
    """Ask what to change about a rule, and change it; where somebody else did so, show both."""
    found = queries.rule(request.actor, project_rule_id)
    board = queries.board(request.actor, found.project_id)
    form = _form(request, board, found)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            actions.change_rule(request.actor, rule_id=project_rule_id, version=version, values=form.values())
        except MovedOn:
            return _both(request, client_id, project_rule_id, board)
        except (RuleIncomplete, NotForPerson, TextRefused) as refusal:
            form.add_error(None, _(refusal.sentence))
        else:
            messages.success(request, _("The rule is changed."))
            return redirect(project_url(client_id, found.project_id, "rules"))
    return _page(request, client_id, board, form, found)


@permission("project:set")
@require_POST
def run(request: ActorRequest, client_id: UUID, project_rule_id: UUID) -> HttpResponse:
    """Let a rule run now whose time has come: one that was left behind by others, or that nobody wants to wait for."""
    found = queries.rule(request.actor, project_rule_id)
    actions.run_rule(request.actor, rule_id=project_rule_id)
    messages.success(request, _("It ran."))
    return redirect(project_url(client_id, found.project_id, "rules"))


@permission("project:set")
@require_POST
def remove(request: ActorRequest, client_id: UUID, project_rule_id: UUID) -> HttpResponse:
    """Remove a rule."""
    found = queries.rule(request.actor, project_rule_id)
    actions.remove_rule(request.actor, rule_id=project_rule_id)
    messages.success(request, _("The rule is removed. What it did stays."))
    return redirect(project_url(client_id, found.project_id, "rules"))


def _both(request: ActorRequest, client_id: UUID, project_rule_id: UUID, board: Board) -> HttpResponse:
    """Show what somebody else wrote beside what was typed, which is kept."""
    found = queries.rule(request.actor, project_rule_id)
    typed = request.POST.copy()
    typed["version"] = str(found.version)
    form = _form(request, board, found, typed)
    form.is_valid()
    return _page(request, client_id, board, form, found, theirs(form, _told(found), typed))


def _page(
    request: ActorRequest,
    client_id: UUID,
    board: Board,
    form: RuleForm,
    rule: RuleFacts | None = None,
    other: list[dict[str, Any]] | None = None,
) -> HttpResponse:
    back = project_url(client_id, board.project.id, "rules")
    context = {"form": form, "project": board.project, "rule": rule, "theirs": other, "back_url": back}
    status = 200 if not form.is_bound else 422 if other is None else 409
    return render(request, "projects/rule.html", context, status=status)


def _told(found: RuleFacts) -> dict[str, Any]:
    """Return what a rule says, by the names of the form's fields."""
    person = f":{ids.public(found.person_id)}" if found.person_id else ""
    return {
        "trigger": found.trigger,
        "effect": found.effect,
        "stage": _public(found.stage_id),
        "task": _public(found.task_id),
        "to_stage": _public(found.to_stage_id),
        "checklist": _public(found.checklist_template_id),
        "on_date": found.on_date,
        "on_day": found.on_day,
        "title": found.title,
        "who": found.side + person,
        "days": found.days,
        "for_firm": found.for_firm,
    }


def _form(
    request: ActorRequest, board: Board, found: RuleFacts | None = None, typed: QueryDict | None = None
) -> RuleForm:
    initial: dict[str, Any] = {**_told(found), "version": found.version} if found else {"who": "firm"}
    return RuleForm(
        typed or (request.POST if request.method == "POST" else None),
        stages=stage_choices(board.stages),
        tasks=[(ids.public(task.id), task.title) for task in board.tasks],
        people=who_choices(request.actor),
        lists=[(ids.public(one), name) for one, name in queries.checklist_templates(request.actor).items()],
        is_template=board.project.is_template,
        initial=initial,
    )


def _public(identifier: UUID | None) -> str:
    return ids.public(identifier) if identifier else ""


def _words(board: Board, rule: RuleFacts, names: dict[UUID | None, str], templates: dict[UUID, str]) -> dict[str, str]:
    """Return a rule in words: when, then, and of what that speaks."""
    stages: dict[UUID | None, str] = {stage.id: stage.name for stage in board.stages}
    task = board.task(rule.task_id)
    day = _("Day %(day)d") % {"day": rule.on_day} if rule.on_day is not None else ""
    made = names.get(rule.person_id) or templates.get(rule.checklist_template_id or rule.id, "")
    return {
        "when": str(TRIGGER_WORDS[rule.trigger]),
        "of": stages.get(rule.stage_id) or (task.title if task else day),
        "then": str(EFFECT_WORDS[rule.effect]),
        "what": " · ".join(part for part in (rule.title, stages.get(rule.to_stage_id, ""), made) if part),
    }

"""Put a plan together: the same pages for a template of the firm and for a checklist that is not sent yet."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from muniment.core.errors import Invalid
from muniment.portal.checklists.errors import ChangedMeanwhile, PlanRefused
from muniment.portal.checklists.forms import TitleForm, VersionForm
from muniment.portal.checklists.item_forms import KIND_WORDS, PlanItemForm, as_typed, condition_words
from muniment.portal.checklists.plans import Plan, PlanItem
from muniment.portal.checklists.requests import ActorRequest
from muniment.portal.checklists.views.shown import ICONS

NEW = 0


@dataclass(frozen=True)
class Bench:
    """A plan that is worked on: where its pages are, how it is saved, and what can be chosen for one client."""

    plan: Plan
    version: int
    page_url: str
    item_url: Callable[[int], str]
    move_url: Callable[[int], str]
    save: Callable[[Plan, int], object]
    load: Callable[[], tuple[Plan, int]]
    people: Iterable[tuple[UUID, str]] = ()
    documents: Iterable[tuple[str, str]] = ()
    more: dict[str, Any] = field(default_factory=dict)


def page(request: ActorRequest, bench: Bench) -> HttpResponse:
    """Show a plan; take another title."""
    typed = {"title": bench.plan.title, "intro": bench.plan.intro}
    if request.method != "POST":
        return _page(request, bench, TitleForm(initial=typed))
    form, seen = TitleForm(request.POST), VersionForm(request.POST)
    if not seen.is_valid():
        raise Invalid
    if not form.is_valid():
        return _page(request, bench, form)
    try:
        bench.save(replace(bench.plan, **form.cleaned_data), seen.cleaned_data["version"])
    except ChangedMeanwhile:
        plan, version = bench.load()
        now = replace(bench, plan=plan, version=version)
        return _page(request, now, form, theirs={"title": plan.title, "intro": plan.intro})
    messages.success(request, _("Kept."))
    return redirect(bench.page_url)


def item(request: ActorRequest, bench: Bench, key: int) -> HttpResponse:
    """Ask for what one item asks for, and put it into the plan; 0 is a new one."""
    known = bench.plan.item(key)
    if key != NEW and known is None:
        return _gone(request, bench)
    initial = {**(as_typed(known) if known else _beside(bench.plan)), "version": bench.version}
    form = _form(request.POST if request.method == "POST" else None, bench, key, initial)
    if request.method != "POST" or not form.is_valid():
        return _item(request, bench, form, known)
    try:
        bench.save(bench.plan.with_item(form.item()), form.cleaned_data["version"])
    except PlanRefused as refusal:
        form.add_error(None, _(refusal.sentence))
        return _item(request, bench, form, known)
    except ChangedMeanwhile:
        return _collided(request, bench, key)
    messages.success(request, _("Kept."))
    return redirect(bench.page_url)


def move(request: ActorRequest, bench: Bench, key: int) -> HttpResponse:
    """Move an item up or down, or take it away."""
    seen, act = VersionForm(request.POST), request.POST.get("act", "")
    changed = {"up": lambda: bench.plan.moved(key, -1), "down": lambda: bench.plan.moved(key, 1)}
    changed["remove"] = lambda: bench.plan.without(key)
    if act not in changed or not seen.is_valid():
        raise Invalid
    try:
        bench.save(changed[act](), seen.cleaned_data["version"])
    except PlanRefused:
        messages.warning(request, _("It stays where it is: it depends on an answer that stands before it."))
    except ChangedMeanwhile as changed_meanwhile:
        messages.warning(request, _(changed_meanwhile.sentence))
    return redirect(bench.page_url)


def _page(request: ActorRequest, bench: Bench, form: TitleForm, theirs: dict[str, str] | None = None) -> HttpResponse:
    status = 409 if theirs else 422 if form.is_bound else 200
    keys = [one.key for one in bench.plan.items]
    context = bench.more | {
        "form": form,
        "theirs": theirs,
        "version": bench.version,
        "sections": [
            {"title": title, "items": [_shown(bench, one, keys) for one in items]}
            for title, items in groupby(bench.plan.items, key=lambda one: one.section)
        ],
        "new_url": bench.item_url(NEW),
        "is_empty": not bench.plan.items,
    }
    return render(request, "checklists/build.html", context, status=status)


def _shown(bench: Bench, one: PlanItem, keys: list[int]) -> dict[str, Any]:
    return {
        "title": one.title,
        "icon": ICONS[one.kind],
        "kind": KIND_WORDS[one.shape or one.kind],
        "is_firms": one.side == "firm",
        "due_days": one.due_days,
        "folder": one.folder,
        "only": condition_words(bench.plan, one),
        "url": bench.item_url(one.key),
        "move_url": bench.move_url(one.key),
        "is_first": one.key == keys[0],
        "is_last": one.key == keys[-1],
    }


def _form(data: Any, bench: Bench, key: int, initial: dict[str, Any]) -> PlanItemForm:
    return PlanItemForm(data, initial=initial, plan=bench.plan, key=key, people=bench.people, documents=bench.documents)


def _item(
    request: ActorRequest, bench: Bench, form: PlanItemForm, known: PlanItem | None, theirs: str = ""
) -> HttpResponse:
    status = 409 if theirs else 422 if form.is_bound else 200
    sections = list(dict.fromkeys(one.section for one in bench.plan.items if one.section))
    context = {"form": form, "is_new": known is None, "back_url": bench.page_url, "theirs": theirs}
    return render(request, "checklists/build_item.html", context | {"known_sections": sections}, status=status)


def _collided(request: ActorRequest, bench: Bench, key: int) -> HttpResponse:
    """Answer with what was typed, to be kept over what is there now if the person wants that."""
    plan, version = bench.load()
    now = replace(bench, plan=plan, version=version)
    known = plan.item(key)
    if key != NEW and known is None:
        return _gone(request, now)
    data = request.POST.copy()
    data["version"] = str(version)
    again = _form(data, now, key, {})
    again.is_valid()
    return _item(request, now, again, known, theirs=_words(known) if known else plan.title)


def _words(known: PlanItem) -> str:
    """Return what an item asks for now, in a few words."""
    parts = [known.title, str(KIND_WORDS[known.shape or known.kind]), known.text]
    return " · ".join(part for part in parts if part)


def _gone(request: ActorRequest, bench: Bench) -> HttpResponse:
    messages.warning(request, _("This item is not there any more: somebody took it away."))
    return redirect(bench.page_url)


def _beside(plan: Plan) -> dict[str, Any]:
    """Return what a new item begins with: the section and folder of the last one."""
    last = plan.items[-1] if plan.items else None
    return {"section": last.section, "folder": last.folder, "side": "client"} if last else {"side": "client"}

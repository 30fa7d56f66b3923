"""Roles as pages: what each may do, and for those who set them a way to copy, change and retire them."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_safe

from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.trust.access import actions, queries
from muniment.trust.access.errors import RoleNameTaken
from muniment.trust.access.types import ACTIONS, PERMISSIONS, Action, RoleFacts, personal
from muniment.trust.clients import queries as clients
from muniment.trust.identity import queries as identity
from muniment.web.views.keys import staff

SIDE_WORDS = {
    "firm": lazy("For people of the firm"),
    "client": lazy("For people of a client"),
    "share": lazy("For shares of folders and documents"),
}
ACTION_WORDS: dict[Action, Any] = {
    "view": lazy("View"),
    "download": lazy("Download"),
    "upload": lazy("Upload"),
    "edit": lazy("Edit"),
    "delete": lazy("Delete"),
    "share": lazy("Share"),
    "sign": lazy("Sign"),
    "pay": lazy("Pay"),
    "administer": lazy("Administer"),
}


class RoleForm(forms.Form):
    """A new role: its title, what it is for, and what it begins as."""

    title = forms.CharField(label=lazy("Name"), max_length=actions.TITLE_MOST)
    description = forms.CharField(
        label=lazy("What it is for"), required=False, max_length=actions.DESCRIPTION_MOST, widget=forms.TextInput()
    )
    begins_as = forms.ChoiceField(
        label=lazy("Begins as"), help_text=lazy("It may at first what that role may; change it on the next page.")
    )

    def __init__(self, *args: Any, roles: Iterable[RoleFacts], **options: Any) -> None:
        """Offer every role to copy, and an empty one of each side."""
        super().__init__(*args, **options)
        copies = [(role.name, _("A copy of: %s") % identity.role_label(role.name)) for role in roles]
        empty = [(f"/{side}", _("Empty: %s") % words) for side, words in SIDE_WORDS.items()]
        self.fields["begins_as"].choices = [*copies, *empty]  # type: ignore[attr-defined] # of a ChoiceField


class VerbsForm(forms.Form):
    """What a role may do, and what people read of it."""

    title = forms.CharField(label=lazy("Name"), max_length=actions.TITLE_MOST, required=False)
    description = forms.CharField(
        label=lazy("What it is for"), required=False, max_length=actions.DESCRIPTION_MOST, widget=forms.TextInput()
    )
    verbs = forms.MultipleChoiceField(required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        """Know every verb; which of them fit is the action's to say."""
        super().__init__(*args, **options)
        self.fields["verbs"].choices = [(verb, verb) for verb in PERMISSIONS]  # type: ignore[attr-defined] # the same


@personal("what roles may do is no secret from people of the firm", of_firm=True)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Show every role, by side, with what it may do in nine words."""
    actor = staff(request)
    found = queries.roles(_firm(actor), with_retired=True)
    sides = [
        {"words": words, "roles": [_row(role) for role in found if role.side == side]}
        for side, words in SIDE_WORDS.items()
    ]
    context = {"sides": sides, "actions": ACTION_WORDS.values(), "new_url": _new_url() if _may_set(actor) else None}
    return render(request, "roles/list.html", context)


@personal("the action itself asks for role:set in the firm")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Make a role, from nothing or as a copy."""
    actor = _firm(_setter(request))
    begun = {"begins_as": request.GET.get("copy", "")}
    form = RoleForm(request.POST or None, roles=queries.roles(actor), initial=begun)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = _made(actor, given["title"], given["description"], given["begins_as"])
        except RoleNameTaken as refusal:
            form.add_error("title", refusal.sentence)
        else:
            return redirect("roles:role", role_name=made.name)
    context = {"form": form, "back_url": reverse("roles:list")}
    return render(request, "roles/new.html", context, status=422 if form.is_bound else 200)


@personal("what roles may do is no secret from people of the firm; the action asks for role:set", of_firm=True)
@require_http_methods(["GET", "HEAD", "POST"])
def role(request: HttpRequest, role_name: str) -> HttpResponse:
    """Show what a role may do, action by action; change it."""
    actor = staff(request)
    facts = queries.role(_firm(actor), role_name)
    if request.method == "POST":
        form = VerbsForm(request.POST)
        if not _may_set(actor) or not form.is_valid():
            raise NotFound
        given = form.cleaned_data
        actions.set_role_verbs(_firm(actor), name=role_name, verbs=given["verbs"])
        if (given["title"], given["description"]) != (facts.title, facts.description):
            actions.describe_role(
                _firm(actor), name=role_name, title=given["title"] or facts.title, description=given["description"]
            )
        messages.success(request, _("Saved. It counts from the next click on, for everybody who has the role."))
        return redirect("roles:role", role_name=role_name)
    may_change = _may_set(actor) and facts.retired_at is None and not queries.is_fixed(facts)
    *content, administering = _matrix(facts, all_of_it=may_change)
    context = {
        "role": _row(facts),
        "facts": facts,
        "side": SIDE_WORDS[facts.side],
        "content": content,
        "administering": administering,
        "may_change": may_change,
        "back_url": reverse("roles:list"),
        "copy_url": f"{_new_url()}?copy={facts.name}" if _may_set(actor) and facts.retired_at is None else None,
        "retire_url": reverse("roles:retire", kwargs={"role_name": facts.name}) if may_change else None,
        "copied_from": identity.role_label(facts.copied_from) if facts.copied_from else "",
    }
    return render(request, "roles/role.html", context)


@personal("the action itself asks for role:set in the firm")
@require_http_methods(["GET", "HEAD", "POST"])
def retire(request: HttpRequest, role_name: str) -> HttpResponse:
    """Ask once, and retire a role."""
    actor = _firm(_setter(request))
    facts = queries.role(actor, role_name)
    if request.method == "POST":
        actions.retire_role(actor, name=role_name)
        messages.success(request, _("The role is retired: it gives nothing any more."))
        return redirect("roles:list")
    back = reverse("roles:role", kwargs={"role_name": role_name})
    return render(request, "roles/retire.html", {"role": _row(facts), "back_url": back})


def _made(actor: Actor, title: str, description: str, begins_as: str) -> RoleFacts:
    if begins_as.startswith("/"):
        return actions.make_role(actor, title=title, description=description, side=begins_as.removeprefix("/"))
    return actions.copy_role(actor, name=begins_as, title=title, description=description)


def _row(facts: RoleFacts) -> dict[str, Any]:
    may = {PERMISSIONS[verb].action for verb in facts.verbs if verb in PERMISSIONS}
    return {
        "name": identity.role_label(facts.name),
        "url": reverse("roles:role", kwargs={"role_name": facts.name}),
        "description": facts.description,
        "is_own": not facts.is_built_in,
        "administers": facts.administers,
        "is_retired": facts.retired_at is not None,
        "may": [(words, action in may) for action, words in ACTION_WORDS.items()],
    }


def _matrix(facts: RoleFacts, *, all_of_it: bool) -> list[dict[str, Any]]:
    """Return the nine actions with the verbs of each: those that the role may hold, or only those it holds."""
    fitting = queries.fitting_verbs(facts)
    found = []
    for action in ACTIONS:
        verbs = [
            {"verb": verb, "meaning": known.meaning, "held": verb in facts.verbs}
            for verb, known in sorted(PERMISSIONS.items())
            if known.action == action and (verb in facts.verbs or (all_of_it and verb in fitting))
        ]
        found.append({"words": ACTION_WORDS[action], "verbs": verbs})
    return found


def _setter(request: HttpRequest) -> Actor:
    actor = staff(request)
    if not _may_set(actor):
        raise NotFound
    return actor


def _may_set(actor: Actor) -> bool:
    return "role:set" in actor.firm_verbs


def _firm(actor: Actor) -> Actor:
    return actor.within(clients.firm_id())


def _new_url() -> str:
    return reverse("roles:new")

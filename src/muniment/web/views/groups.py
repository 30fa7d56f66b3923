"""Groups of a client or of the firm, who is in them and what they were given; and what managers may give."""

from datetime import datetime, time
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.core.days import DayField
from muniment.core.errors import NotFound
from muniment.trust.access import actions, queries
from muniment.trust.access.types import GrantFacts, GroupFacts, permission, personal
from muniment.trust.clients import queries as clients
from muniment.trust.identity import queries as identity
from muniment.web.views.keys import staff


class GroupForm(forms.Form):
    """What a group is called."""

    name = forms.CharField(label=lazy("Name of the group"), max_length=actions.NAME_MOST)


class MemberForm(forms.Form):
    """Whom to put into a group."""

    person = forms.TypedChoiceField(label=lazy("Who"), coerce=ids.private)

    def __init__(self, *args: Any, people: list[tuple[str, str]], **options: Any) -> None:
        """Offer those who belong here and are not in it: (public id, name)."""
        super().__init__(*args, **options)
        self.fields["person"].choices = [("", _("Choose…")), *people]  # type: ignore[attr-defined] # of a ChoiceField


class GiveForm(forms.Form):
    """What a group gets in this client: a role, why, from when and until when."""

    group = forms.TypedChoiceField(label=lazy("Group"), coerce=ids.private)
    role = forms.ChoiceField(label=lazy("Role"))
    purpose = forms.CharField(
        label=lazy("Why"), max_length=500, help_text=lazy("The client sees this reason beside every access.")
    )
    starts_on = DayField(label=lazy("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    ends_on = DayField(label=lazy("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, groups: list[tuple[str, str]], roles: list[tuple[str, str]], **options: Any) -> None:
        """Offer groups (public id, name) and roles (name, words)."""
        super().__init__(*args, **options)
        self.fields["group"].choices = [("", _("Choose…")), *groups]  # type: ignore[attr-defined] # of a ChoiceField
        self.fields["role"].choices = [("", _("Choose…")), *roles]  # type: ignore[attr-defined] # the same

    def moments(self) -> tuple[datetime | None, datetime | None]:
        """Return the beginning of the first day, and the end of the last."""
        zone = timezone.get_current_timezone()
        first, last = self.cleaned_data["starts_on"], self.cleaned_data["ends_on"]
        return (
            datetime.combine(first, time.min, tzinfo=zone) if first else None,
            datetime.combine(last, time.max, tzinfo=zone) if last else None,
        )


class ManagerRolesForm(forms.Form):
    """Which roles the managers of a client may give."""

    roles = forms.MultipleChoiceField(
        label=lazy("Roles"),
        required=False,
        widget=forms.CheckboxSelectMultiple(),
        help_text=lazy("They never give more than they may themselves. With none chosen they can invite nobody."),
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **options: Any) -> None:
        """Offer roles: (name, words)."""
        super().__init__(*args, **options)
        self.fields["roles"].choices = choices  # type: ignore[attr-defined] # of a MultipleChoiceField


@personal("leads to the groups of the firm's own space, which asks itself", of_firm=True)
@require_safe
def of_the_firm(request: HttpRequest) -> HttpResponse:
    """Lead to the groups of the firm."""
    staff(request)
    return redirect("groups:list", client_id=clients.firm_id())


@permission("person:list")
@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Show the groups; make one."""
    actor = _actor(request)
    may_set = queries.may(actor, "group:set")
    form = GroupForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = actions.make_group(actor, name=form.cleaned_data["name"])
        return redirect("groups:group", client_id=client_id, group_id=made.id)
    is_firm = client_id == clients.firm_id()
    context = {
        "groups": [_row(client_id, group) for group in queries.groups(actor)],
        "form": form if may_set else None,
        "is_firm": is_firm,
        "give_url": reverse("groups:give", kwargs={"client_id": client_id}) if queries.groups_to_give(actor) else None,
        "people_url": reverse("people:list", kwargs={"client_id": client_id}),
    }
    return render(request, "groups/list.html", context, status=422 if form.is_bound else 200)


@permission("person:list")
@require_http_methods(["GET", "HEAD", "POST"])
def group(request: HttpRequest, client_id: UUID, group_id: UUID) -> HttpResponse:
    """Show who is in a group and what it was given; rename it."""
    actor = _actor(request)
    facts = queries.group(actor, group_id)
    may_change = queries.may(actor, "group:set") and facts.is_firms == (client_id == clients.firm_id())
    form = GroupForm(request.POST or None, initial={"name": facts.name})
    if request.method == "POST" and form.is_valid():
        actions.rename_group(actor, group_id=group_id, name=form.cleaned_data["name"])
        messages.success(request, _("The group has its new name."))
        return redirect("groups:group", client_id=client_id, group_id=group_id)
    where = {"client_id": client_id, "group_id": group_id}
    known = identity.people(facts.members)
    context = {
        "group": _row(client_id, facts),
        "members": [_member(where, known[person_id]) for person_id in facts.members if person_id in known],
        "grants": [_given(client_id, grant) for grant in _grants(actor, group_id)],
        "form": form if may_change else None,
        "member_form": MemberForm(people=_joining(actor, facts)) if may_change else None,
        "add_url": reverse("groups:add", kwargs=where),
        "remove_url": reverse("groups:remove", kwargs=where),
        "give_url": _give_url(actor, client_id, group_id),
        "back_url": reverse("groups:list", kwargs={"client_id": client_id}),
    }
    return render(request, "groups/group.html", context, status=422 if form.is_bound else 200)


@permission("group:set")
@require_POST
def add(request: HttpRequest, client_id: UUID, group_id: UUID) -> HttpResponse:
    """Put somebody into a group."""
    actor = _actor(request)
    form = MemberForm(request.POST, people=_joining(actor, queries.group(actor, group_id)))
    if form.is_valid():
        actions.add_to_group(actor, group_id=group_id, person_id=form.cleaned_data["person"])
    return redirect("groups:group", client_id=client_id, group_id=group_id)


@permission("group:set")
@require_POST
def take_out(request: HttpRequest, client_id: UUID, group_id: UUID, person_id: UUID) -> HttpResponse:
    """Take somebody out of a group."""
    actions.remove_from_group(_actor(request), group_id=group_id, person_id=person_id)
    return redirect("groups:group", client_id=client_id, group_id=group_id)


@permission("group:set")
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, client_id: UUID, group_id: UUID) -> HttpResponse:
    """Ask once, and remove a group with everything it was given."""
    actor = _actor(request)
    facts = queries.group(actor, group_id)
    if request.method == "POST":
        actions.remove_group(actor, group_id=group_id)
        messages.success(request, _("The group is gone, and everything it was given with it."))
        return redirect("groups:list", client_id=client_id)
    back = reverse("groups:group", kwargs={"client_id": client_id, "group_id": group_id})
    return render(request, "groups/remove.html", {"group": _row(client_id, facts), "back_url": back})


@permission("group:set")
@require_http_methods(["GET", "HEAD", "POST"])
def give(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Give a group a role in this client."""
    actor = _actor(request)
    groups = queries.groups_to_give(actor)
    form = GiveForm(
        request.POST or None,
        groups=[(ids.public(group.id), _named(group)) for group in groups],
        roles=_roles_to_give(actor, groups),
        initial={"group": request.GET.get("group", "")},
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        starts_at, until = form.moments()
        actions.give_to_group(
            actor,
            group_id=given["group"],
            role=given["role"],
            purpose=given["purpose"],
            starts_at=starts_at,
            until=until,
        )
        messages.success(request, _("The group has it from now on."))
        return redirect("groups:group", client_id=client_id, group_id=given["group"])
    context = {"form": form, "back_url": reverse("groups:list", kwargs={"client_id": client_id})}
    return render(request, "groups/give.html", context, status=422 if form.is_bound else 200)


@permission("group:set")
@require_POST
def end_given(request: HttpRequest, client_id: UUID, group_id: UUID, grant_id: UUID) -> HttpResponse:
    """End what a group was given here."""
    actions.end_given(_actor(request), group_id=group_id, grant_id=grant_id)
    messages.success(request, _("It has ended."))
    return redirect("groups:list", client_id=client_id)


@permission("manager-roles:set")
@require_http_methods(["GET", "HEAD", "POST"])
def manager_roles(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Show which roles the managers of a client may give; change it."""
    actor = _actor(request)
    if client_id == clients.firm_id():
        raise NotFound
    choices = [(role.name, identity.role_label(role.name)) for role in queries.roles(actor, side="client")]
    form = ManagerRolesForm(
        request.POST or None, choices=choices, initial={"roles": list(queries.manager_roles(actor))}
    )
    back = reverse("people:list", kwargs={"client_id": client_id})
    if request.method == "POST" and form.is_valid():
        actions.set_manager_roles(actor, roles=form.cleaned_data["roles"])
        messages.success(request, _("Saved. It counts from the next click on."))
        return redirect(back)
    context = {"form": form, "back_url": back}
    return render(request, "groups/manager_roles.html", context, status=422 if form.is_bound else 200)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined] # put there by the middleware
    return actor


def _named(group: GroupFacts) -> str:
    return _("%s (of the firm)") % group.name if group.is_firms else group.name


def _row(client_id: UUID, group: GroupFacts) -> dict[str, Any]:
    return {
        "name": group.name,
        "is_firms": group.is_firms,
        "count": len(group.members),
        "url": reverse("groups:group", kwargs={"client_id": client_id, "group_id": group.id}),
    }


def _member(where: dict[str, UUID], person: Any) -> dict[str, Any]:
    out = reverse("groups:take_out", kwargs={**where, "person_id": person.id})
    return {"name": person.name, "email": person.email, "out_url": out}


def _grants(actor: Actor, group_id: UUID) -> list[GrantFacts]:
    return [grant for grant in queries.visible_grants(actor) if grant.group_id == group_id]


def _given(client_id: UUID, grant: GrantFacts) -> dict[str, Any]:
    places = {"client": _("the whole space"), "folder": _("one folder"), "document": _("one document")}
    where = {"client_id": client_id, "group_id": grant.group_id, "grant_id": grant.id}
    return {
        "role": identity.role_label(grant.role),
        "place": places.get(grant.scope_kind, grant.scope_kind),
        "purpose": grant.purpose,
        "starts_at": grant.starts_at,
        "ends_at": grant.ends_at,
        "end_url": reverse("groups:end_given", kwargs=where) if grant.scope_kind == "client" else None,
    }


def _joining(actor: Actor, group: GroupFacts) -> list[tuple[str, str]]:
    """Return who belongs here and is not in the group yet, by name."""
    outside = {member.person_id for member in clients.members(actor)} - set(group.members)
    people = sorted(identity.people(outside).values(), key=lambda person: person.name.casefold())
    return [(ids.public(person.id), person.name) for person in people]


def _give_url(actor: Actor, client_id: UUID, group_id: UUID) -> str | None:
    if group_id not in {group.id for group in queries.groups_to_give(actor)}:
        return None
    return f"{reverse('groups:give', kwargs={'client_id': client_id})}?group={ids.public(group_id)}"


def _roles_to_give(actor: Actor, groups: list[GroupFacts]) -> list[tuple[str, str]]:
    """Return the roles that fit one of the groups and that the actor may give."""
    sides = {"firm" if group.is_firms else "client" for group in groups}
    return [(name, identity.role_label(name)) for name in queries.roles_to_give_groups(actor, frozenset(sides))]

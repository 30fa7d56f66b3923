"""The access profile of a client, and the one that new clients begin with, as a form."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods

from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.trust.access import actions, queries
from muniment.trust.access.errors import ProfileInvalid, ProfileMoved, ShutsOut
from muniment.trust.access.types import (
    LABELS,
    Label,
    Profile,
    ProfileFacts,
    Side,
    SideName,
    Terms,
    permission,
    personal,
)
from muniment.trust.clients import queries as clients
from muniment.trust.identity import queries as identity
from muniment.web.views.conditions.forms import ProfileForm, SideForm, StarterForm, TermsForm, VersionForm
from muniment.web.views.conditions.words import (
    LABEL_TONES,
    LABEL_WORDS,
    SIDE_WORDS,
    Line,
    differences,
    lines,
    second_step_lines,
    side_lines,
)
from muniment.web.views.keys import staff

SIDES: tuple[SideName, ...] = ("staff", "contacts")
CHANGED_MEANWHILE = lazy("Somebody changed the conditions meanwhile. Look at them again; what you wrote is kept here.")


@dataclass(frozen=True)
class Place:
    """Whose profile is edited: a client's, or (None) the one that new clients begin with."""

    client_id: UUID | None

    @property
    def url(self) -> str:
        """The page of the profile."""
        if self.client_id is None:
            return reverse("conditions:new_clients")
        return reverse("conditions:profile", kwargs={"client_id": self.client_id})

    def label_url(self, label: str) -> str:
        """The page of what is demanded on top for a label."""
        if self.client_id is None:
            return reverse("conditions:new_clients_label", kwargs={"label": label})
        return reverse("conditions:label", kwargs={"client_id": self.client_id, "label": label})

    def facts(self, actor: Actor) -> ProfileFacts:
        """Return the profile as it is now."""
        return queries.profile_of(actor) if self.client_id else queries.profile_for_new_clients(actor)

    def keep(self, actor: Actor, profile: Profile) -> None:
        """Make a profile the one in force."""
        actions.set_profile(actor, profile=profile, for_new_clients=self.client_id is None)


@permission("conditions:read")
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Show what must be so for a client's things to be open; change it."""
    actor: Actor = request.actor  # type: ignore[attr-defined] # put there by the middleware
    return _profile(request, actor, Place(client_id))


@personal("query and action ask for conditions:set in the firm")
@require_http_methods(["GET", "HEAD", "POST"])
def new_clients(request: HttpRequest) -> HttpResponse:
    """Show what new clients begin with; change it."""
    return _profile(request, administrator(request), Place(None))


@permission("conditions:set")
@require_http_methods(["GET", "HEAD", "POST"])
def label(request: HttpRequest, client_id: UUID, label: str) -> HttpResponse:
    """Show what is demanded on top for things of a label; change it."""
    actor: Actor = request.actor  # type: ignore[attr-defined] # put there by the middleware
    return _label(request, actor, Place(client_id), _known(label))


@personal("query and action ask for conditions:set in the firm")
@require_http_methods(["GET", "HEAD", "POST"])
def new_clients_label(request: HttpRequest, label: str) -> HttpResponse:
    """Show what is demanded on top for things of a label at new clients; change it."""
    return _label(request, administrator(request), Place(None), _known(label))


def administrator(request: HttpRequest) -> Actor:
    """Return the actor within the firm, who sets conditions for all clients.

    Raises:
        NotFound: somebody else asked.
    """
    actor = staff(request)
    if "conditions:set" not in actor.firm_verbs:
        raise NotFound
    return actor.within(clients.firm_id())


def _profile(request: HttpRequest, actor: Actor, place: Place) -> HttpResponse:
    facts = place.facts(actor)
    may_set = place.client_id is None or queries.may(actor, "conditions:set")
    starter, begun = _begun(request, facts.profile)
    networks, data = [network.name for network in queries.networks()], request.POST or None
    form = ProfileForm(data, profile=begun, version=facts.version, starter=starter)
    sides = {name: SideForm(data, prefix=name, side=begun.side(name), networks=networks) for name in SIDES}
    if request.method == "POST" and all([form.is_valid(), *(side.is_valid() for side in sides.values())]):
        before = _chosen(form.cleaned_data["starter"], facts.profile)
        staff, contacts = (sides[name].side(before.side(name)) for name in SIDES)
        wanted = form.profile(staff, contacts, before)
        if _kept(actor, place, facts, form, wanted):
            messages.success(request, _("Saved. It counts from the next click on, for everybody."))
            return redirect(place.url)
    context = {
        "facts": facts,
        "form": form if may_set else None,
        "sides": [_side(name, sides[name], _said(begun, name)) for name in SIDES],
        "zone": facts.profile.zone,
        "labels": [_label_row(begun, name, place.label_url(name) if may_set else "") for name in LABELS],
        "starters": _starters(place, starter),
        "starter": queries.STARTERS[starter][0] if starter else "",
        "differences": differences(facts.profile, begun) if starter else [],
        **_around(actor, place),
    }
    return render(request, "conditions/profile.html", context, status=422 if request.method == "POST" else 200)


def _label(request: HttpRequest, actor: Actor, place: Place, label: Label) -> HttpResponse:
    facts = place.facts(actor)
    networks, data = [network.name for network in queries.networks()], request.POST or None
    form = VersionForm(data, initial={"version": facts.version})
    sides = {
        name: TermsForm(data, prefix=name, terms=facts.profile.side(name).labelled(label), networks=networks)
        for name in SIDES
    }
    if request.method == "POST" and all([form.is_valid(), *(side.is_valid() for side in sides.values())]):
        staff, contacts = (_with_label(facts.profile.side(name), label, sides[name].terms()) for name in SIDES)
        if _kept(actor, place, facts, form, replace(facts.profile, staff=staff, contacts=contacts)):
            messages.success(request, _("Saved. It counts from the next click on, for everybody."))
            return redirect(place.url)
    context = {
        "form": form,
        "label": str(LABEL_WORDS[label]).lower(),
        "sides": [_side(name, sides[name], []) for name in SIDES],
        "back_url": place.url,
    }
    return render(request, "conditions/label.html", context, status=422 if request.method == "POST" else 200)


def _kept(actor: Actor, place: Place, facts: ProfileFacts, form: VersionForm, wanted: Profile) -> bool:
    """Keep a profile; where that is refused, put why into the form, so that what was written stays."""
    if form.cleaned_data["version"] != facts.version:
        form.add_error(None, CHANGED_MEANWHILE)
        return False
    try:
        place.keep(actor, wanted)
    except (ProfileInvalid, ProfileMoved, ShutsOut) as refusal:
        form.add_error(None, refusal.sentence)
        return False
    return True


def _begun(request: HttpRequest, now: Profile) -> tuple[str, Profile]:
    """Return which starter is looked at, and the profile that the form begins with."""
    asked = StarterForm(request.GET)
    starter = asked.cleaned_data["starter"] if asked.is_valid() else ""
    return (starter, _chosen(starter, now)) if starter in queries.STARTERS else ("", now)


def _chosen(starter: str, now: Profile) -> Profile:
    """Return a starter as it would be here, in the zone of today; the profile of today without one."""
    if starter not in queries.STARTERS:
        return now
    return replace(queries.STARTERS[starter][1], zone=now.zone, starter=starter)


def _with_label(side: Side, label: Label, terms: Terms) -> Side:
    kept = dict(side.labels) | {label: terms}
    return replace(side, labels=tuple((name, kept[name]) for name in LABELS if kept.get(name, Terms()) != Terms()))


def _known(name: str) -> Label:
    found = next((label for label in LABELS if label == name), None)
    if found is None:
        raise NotFound
    return found


def _side(name: SideName, form: TermsForm, said: list[Line]) -> dict[str, Any]:
    return {"id": name, "words": SIDE_WORDS[name], "form": form, "lines": said}


def _said(profile: Profile, name: SideName) -> list[Line]:
    return [*side_lines(profile.side(name)), *second_step_lines(profile, name)]


def _label_row(profile: Profile, label: Label, url: str) -> dict[str, Any]:
    said = [
        {"whom": SIDE_WORDS[name], "about": line.about, "says": line.says}
        for name in SIDES
        for line in lines(profile.side(name).labelled(label))
    ]
    return {"words": LABEL_WORDS[label], "tone": LABEL_TONES[label], "lines": said, "url": url}


def _starters(place: Place, here: str) -> list[dict[str, Any]]:
    return [
        {"title": title, "url": f"{place.url}?starter={name}", "is_here": name == here}
        for name, (title, _profile) in queries.STARTERS.items()
    ]


def _around(actor: Actor, place: Place) -> dict[str, Any]:
    """Return what stands around the profile: where it leads, and who changed what."""
    if place.client_id is None:
        return {"back_url": reverse("conditions:overview"), "back_label": _("Conditions of all clients")}
    where = {"client_id": place.client_id}
    home = reverse("clients:client", kwargs=where) if actor.kind == "staff" else reverse("web:home")
    return {
        "versions": _versions(actor),
        "rules_url": reverse("conditions:rules", kwargs=where),
        "rules_count": sum(rule.is_running for rule in queries.rules(actor)),
        "links": [{"label": _("Networks"), "icon": "globe", "url": reverse("conditions:networks")}]
        if "network:set" in actor.firm_verbs
        else [],
        "back_url": home,
        "back_label": identity.company(place.client_id).name if actor.kind == "staff" else _("Home"),
    }


def _versions(actor: Actor) -> list[dict[str, Any]]:
    """Return every version with what it changed, newest first."""
    found = queries.profile_versions(actor)
    people = identity.people({one.set_by for one in found})
    profiles = [*(one.profile for one in found), Profile()]
    return [
        {
            "version": one.version,
            "who": people[one.set_by].name if one.set_by in people else _("The portal"),
            "at": one.set_at,
            "differences": differences(profiles[place + 1], one.profile),
        }
        for place, one in enumerate(found)
    ]

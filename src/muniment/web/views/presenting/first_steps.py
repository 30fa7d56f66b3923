"""The first steps of a new portal: how it looks, whether mails go out, the first client, the first invitation."""

from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST, require_safe

from muniment.core import config, ids
from muniment.core.actor import Actor
from muniment.core.errors import NotFound, PortalError
from muniment.trust.access.types import personal
from muniment.trust.clients import queries as clients
from muniment.trust.identity import actions as identity_actions
from muniment.trust.identity import queries as identity
from muniment.trust.presentation import actions
from muniment.trust.presentation.types import STEPS
from muniment.web.forms import ClientForm
from muniment.web.views.presenting.look import in_firm
from muniment.web.views.presenting.steps import NEWEST, steps_of

PAGE = "first_steps:page"
WHY = "asks for presentation:set in the firm; the actions themselves ask for client:open and person:invite too"
TROUBLES = {
    "away": lazy("The mail server does not answer."),
    "certificate": lazy("The mail server's certificate could not be verified."),
    "sign-in": lazy("The mail server did not take the user name and password."),
    "no-tls": lazy("The mail server does not encrypt, so nothing is sent."),
}


class StepForm(django_forms.Form):
    """Which step."""

    step = django_forms.ChoiceField(choices=[(step, step) for step in STEPS])


class InviteForm(django_forms.Form):
    """Whom to invite first, into which client."""

    client = django_forms.TypedChoiceField(label=lazy("Client"), coerce=ids.private)
    name = django_forms.CharField(label=lazy("Name"), max_length=120)
    email = django_forms.EmailField(label=lazy("E-mail address"))
    role = django_forms.ChoiceField(label=lazy("Role"))
    purpose = django_forms.CharField(
        label=lazy("Why"), max_length=500, help_text=lazy("The client sees this reason beside everything they do.")
    )

    def __init__(self, *args: Any, companies: list[tuple[str, str]], roles: list[tuple[str, Any]], **more: Any) -> None:
        """Offer clients (public id, name) and roles (name, label)."""
        super().__init__(*args, **more)
        self.fields["client"].choices = companies  # type: ignore[attr-defined] # a choice field's
        self.fields["role"].choices = roles  # type: ignore[attr-defined] # the same


@personal(WHY)
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show what is done, what is open and what was put off."""
    return _page(request, in_firm(request), status=200)


@personal(WHY)
@require_POST
def skip(request: HttpRequest) -> HttpResponse:
    """Put a step off."""
    form = StepForm(request.POST)
    if not form.is_valid():
        raise NotFound
    actions.skip_step(in_firm(request), step=form.cleaned_data["step"])
    return redirect(PAGE)


@personal(WHY)
@require_POST
def resume(request: HttpRequest) -> HttpResponse:
    """Take up again what was put off."""
    actions.resume_steps(in_firm(request))
    return redirect(PAGE)


@personal(WHY)
@require_POST
def try_mail(request: HttpRequest) -> HttpResponse:
    """Send oneself a mail by the mail server that is set."""
    identity_actions.try_mail(in_firm(request))
    messages.success(request, _("A mail to you is on its way. This page says what becomes of it."))
    return redirect(PAGE)


@personal(WHY)
@require_POST
def open_client(request: HttpRequest) -> HttpResponse:
    """Open the space of the first client."""
    actor, form = in_firm(request), ClientForm(request.POST, auto_id="client_%s")
    if not form.is_valid():
        return _page(request, actor, client_form=form, status=422)
    made = identity_actions.open_client(actor, **form.cleaned_data)
    messages.success(request, _("The space of %s is open.") % made.name)
    return redirect(PAGE)


@personal(WHY)
@require_POST
def invite(request: HttpRequest) -> HttpResponse:
    """Invite the first person of a client."""
    actor = in_firm(request)
    form = _invite_form(actor, request.POST)
    if not form.is_valid():
        return _page(request, actor, invite_form=form, status=422)
    given = dict(form.cleaned_data)
    try:
        invitation, path = identity_actions.invite_person(actor.within(given.pop("client")), **given)
    except PortalError as refusal:
        form.add_error(None, _(refusal.sentence))
        return _page(request, actor, invite_form=form, status=refusal.status)
    link = config.current().address + path
    return _page(request, actor, invited={"name": invitation.name, "email": invitation.email, "link": link}, status=200)


def _page(request: HttpRequest, actor: Actor, *, status: int, **more: Any) -> HttpResponse:
    tried = identity.mail_try(actor)
    steps = steps_of(actor, tried)
    context = {
        "steps": steps,
        "next_step": next((step for step in STEPS if steps[step] == "open"), ""),
        "done_count": sum(state == "done" for state in steps.values()),
        "all_count": len(STEPS),
        "tried": tried,
        "trouble": TROUBLES.get(tried.trouble) or _("The mail server answered: %s") % tried.trouble,
        "mail_from": config.current().mail_from,
        "client_form": ClientForm(auto_id="client_%s"),
        "invite_form": _invite_form(actor),
        **more,
    }
    return render(request, "first_steps/page.html", context, status=status)


def _invite_form(actor: Actor, data: Any = None) -> InviteForm:
    companies = sorted(identity.companies(clients.client_ids()[-NEWEST:]).values(), key=lambda one: one.name.casefold())
    first = companies[0].id if companies else actor.client
    return InviteForm(
        data,
        auto_id="invite_%s",
        companies=[(ids.public(one.id), one.name) for one in companies],
        roles=[(role, identity.role_label(role)) for role in identity.roles_to_give(actor.within(first))],
    )

"""The firm's templates of messages."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from muniment.portal.conversations import actions, queries
from muniment.portal.conversations.errors import Empty, Moved, TooLong
from muniment.portal.conversations.forms import TemplateForm
from muniment.portal.conversations.requests import ActorRequest
from muniment.trust.access.types import personal


@personal("the query itself asks for message-template:set in the firm", of_firm=True)
@require_safe
def listing(request: ActorRequest) -> HttpResponse:
    """Show the templates of the firm."""
    rows = [
        {
            "title": found.title,
            "at": found.changed_at,
            "url": reverse("conversations:template", kwargs={"message_template_id": found.id}),
        }
        for found in queries.templates(request.actor)
    ]
    return render(
        request, "conversations/templates.html", {"rows": rows, "new_url": reverse("conversations:new_template")}
    )


@personal("the query itself asks for message-template:set in the firm", of_firm=True)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ActorRequest) -> HttpResponse:
    """Ask for a template, and keep it."""
    queries.templates(request.actor)
    return _asked(request, TemplateForm(request.POST or None), None)


@personal("the query itself asks for message-template:set in the firm", of_firm=True)
@require_http_methods(["GET", "HEAD", "POST"])
def template(request: ActorRequest, message_template_id: UUID) -> HttpResponse:
    """Show a template to change it; if it was changed meanwhile, both are shown."""
    found = queries.one_of(queries.templates(request.actor), message_template_id)
    initial = {"title": found.title, "body": found.body, "version": found.version}
    return _asked(request, TemplateForm(request.POST or None, initial=initial), message_template_id)


@personal("the action itself asks for message-template:set in the firm", of_firm=True)
@require_POST
def remove(request: ActorRequest, message_template_id: UUID) -> HttpResponse:
    """Take a template away."""
    actions.remove_template(request.actor, template_id=message_template_id)
    messages.success(request, _("The template is removed. Messages written with it stay as they are."))
    return redirect("conversations:templates")


def _asked(request: ActorRequest, form: TemplateForm, template_id: UUID | None) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "back_url": reverse("conversations:templates"),
        "moved": None,
        "remove_url": reverse("conversations:remove_template", kwargs={"message_template_id": template_id})
        if template_id
        else "",
    }
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        version = given["version"] or 0
        try:
            actions.set_template(
                request.actor, title=given["title"], body=given["body"], template_id=template_id, version=version
            )
        except Moved:
            newest = queries.one_of(queries.templates(request.actor), template_id or request.actor.client)
            context["moved"] = newest
            context["form"] = TemplateForm(initial={**given, "version": newest.version})
            return render(request, "conversations/template.html", context, status=409)
        except (Empty, TooLong) as refusal:
            form.add_error(None, _(refusal.sentence))
        else:
            messages.success(request, _("The template is kept."))
            return redirect("conversations:templates")
    return render(request, "conversations/template.html", context, status=422 if form.errors else 200)

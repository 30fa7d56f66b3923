"""One message: change it, remove it, see how it read before."""

from typing import Any
from uuid import UUID

from django.contrib import messages as notes_to_reader
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from muniment.core.errors import Invalid
from muniment.portal.conversations import actions, markdown, queries
from muniment.portal.conversations.errors import Empty, Moved, NotYours, Removed, TooLong
from muniment.portal.conversations.forms import EditForm, VersionForm
from muniment.portal.conversations.requests import ActorRequest
from muniment.portal.conversations.types import MessageFacts
from muniment.portal.conversations.views.shown import crumbs, names_of, url_of
from muniment.trust.access.types import permission


@permission("message:send")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: ActorRequest, client_id: UUID, thread_id: UUID, message_id: UUID) -> HttpResponse:
    """Ask for another text, and put it in its place; if it was changed meanwhile, both are shown."""
    found = _own(request, thread_id, message_id)
    form = EditForm(request.POST or None, initial={"body": found.body, "version": found.version})
    back = url_of(client_id, "thread", thread_id=thread_id)
    context: dict[str, Any] = {"form": form, "back_url": back, "moved": None}
    if request.method == "POST" and form.is_valid():
        body, version = form.cleaned_data["body"], form.cleaned_data["version"]
        try:
            actions.edit_message(request.actor, thread_id=thread_id, message_id=message_id, body=body, version=version)
        except Moved:
            newest = queries.message(request.actor, thread_id, message_id)
            # What was typed stays; who sends it again has seen what it replaces.
            context["form"] = EditForm(initial={"body": body, "version": newest.version})
            context["moved"] = {"html": markdown.shown(newest.body), "at": newest.edited_at}
            return render(request, "conversations/edit.html", context, status=409)
        except (Empty, TooLong) as refusal:
            form.add_error("body", _(refusal.sentence))
        else:
            notes_to_reader.success(request, _("It is changed. How it read before stays in its history."))
            return redirect(back)
    return render(request, "conversations/edit.html", context, status=422 if form.errors else 200)


@permission("message:send")
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: ActorRequest, client_id: UUID, thread_id: UUID, message_id: UUID) -> HttpResponse:
    """Ask once, and take a message out of the conversation."""
    found = _own(request, thread_id, message_id)
    back = url_of(client_id, "thread", thread_id=thread_id)
    if request.method != "POST":
        context = {"html": markdown.shown(found.body), "version": found.version, "back_url": back}
        return render(request, "conversations/remove.html", context)
    form = VersionForm(request.POST)
    if not form.is_valid():
        raise Invalid
    actions.remove_message(
        request.actor, thread_id=thread_id, message_id=message_id, version=form.cleaned_data["version"]
    )
    notes_to_reader.success(request, _("It is removed. What it said stays in its history."))
    return redirect(back)


@permission("thread:view")
@require_safe
def history(request: ActorRequest, client_id: UUID, thread_id: UUID, message_id: UUID) -> HttpResponse:
    """Show how a message read before, the newest text first."""
    found, before = queries.revisions(request.actor, thread_id, message_id)
    names = names_of({found.written_by, found.removed_by, *(old.replaced_by for old in before)})
    back = url_of(client_id, "thread", thread_id=thread_id)
    context = {
        "crumbs": crumbs(client_id, (_("Conversation"), back), (_("History of a message"), "")),
        "by": names.get(found.written_by, ""),
        "at": found.written_at,
        "html": markdown.shown(found.body),
        "is_removed": found.removed_at is not None,
        "before": [
            {
                "number": old.version,
                "html": markdown.shown(old.body),
                "until": old.replaced_at,
                "by": names.get(old.replaced_by, ""),
            }
            for old in before
        ],
        "back_url": back,
    }
    return render(request, "conversations/history.html", context)


def _own(request: ActorRequest, thread_id: UUID, message_id: UUID) -> MessageFacts:
    """Return the reader's own message that is still there.

    Raises:
        NotFound, NotYours, Removed: it is not.
    """
    found = queries.message(request.actor, thread_id, message_id)
    if found.written_by != request.actor.person_id:
        raise NotYours
    if found.removed_at is not None:
        raise Removed
    return found

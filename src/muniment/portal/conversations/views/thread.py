"""One conversation: read it, write in it, follow it while it is open, solve it, say who answers."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from muniment.core import ids
from muniment.core.errors import Invalid, NotFound
from muniment.portal.conversations import actions, queries
from muniment.portal.conversations.errors import CannotRead, Empty, Moved, TooLong, TooManyAttached
from muniment.portal.conversations.forms import AssignForm, BeforeForm, NoteForm, StartForm, WriteForm, read_place
from muniment.portal.conversations.queries import Reader
from muniment.portal.conversations.requests import ActorRequest
from muniment.portal.conversations.types import ThreadPage
from muniment.portal.conversations.views.shown import crumbs, live, names_of, people_in, url_of, written
from muniment.portal.conversations.views.writing import brought, form_for, refuse
from muniment.portal.documents.errors import NameRefused
from muniment.portal.documents.types import FORM_FILE_BYTES
from muniment.trust.access.types import permission, unlogged

_WRONG = (CannotRead, Empty, NameRefused, TooLong, TooManyAttached)


@permission("thread:view")
@require_safe
def thread(request: ActorRequest, client_id: UUID, thread_id: UUID) -> HttpResponse:  # noqa: ARG001 - of every address
    """Show a conversation; showing it is reading it, and leaves an entry."""
    asked = BeforeForm(request.GET)
    if not asked.is_valid():
        raise Invalid
    before, template = asked.cleaned_data["before"], asked.cleaned_data["template"]
    page = queries.thread_page(request.actor, thread_id, before=before)
    actions.read_thread(request.actor, thread_id=thread_id)
    able = queries.able(request.actor)
    return _page(request, page, _begun(request, template, able=able), able=able, is_older=before is not None)


@permission("message:send")
@require_http_methods(["GET", "HEAD", "POST"])
def send(request: ActorRequest, client_id: UUID, thread_id: UUID) -> HttpResponse:
    """Write in a conversation; what is refused is shown again with all that was typed."""
    page = queries.thread_page(request.actor, thread_id)
    if request.method != "POST":
        return redirect(url_of(client_id, "thread", thread_id=thread_id))
    form = form_for(request, WriteForm)
    if form.is_valid():
        try:
            with brought(request.actor, form, _document_beside(page.thread.about, page.thread.about_id)) as given:
                actions.send_message(request.actor, thread_id=thread_id, **given)
        except _WRONG as refusal:
            refuse(form, refusal)
        else:
            return redirect(url_of(client_id, "thread", thread_id=thread_id) + "#newest")
    return _page(request, page, form, status=422)


@permission("thread:view")
@unlogged("asked every few seconds: nothing new is told, and what is new leaves an entry that it was read")
@require_safe
def since(request: ActorRequest, client_id: UUID, thread_id: UUID, cursor: str) -> HttpResponse:  # noqa: ARG001 - of every address
    """Answer with what is new in a conversation and where to ask next, or with nothing."""
    place = read_place(cursor)
    if place is None:
        raise NotFound
    page = queries.news(request.actor, thread_id, place)
    if page is None:
        return HttpResponse(status=204)
    actions.read_thread(request.actor, thread_id=thread_id)
    names = names_of(people_in(page))
    context = {"items": written(request.actor, page, names), "live_url": live(request.actor, page)}
    return render(request, "conversations/_messages.html", context)


@permission("message:send")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ActorRequest, client_id: UUID, about: str = "", thing_id: UUID | None = None) -> HttpResponse:
    """Ask what a new conversation is about, and begin it."""
    named = ""
    if thing_id is not None:
        queries.threads_about(request.actor, about, thing_id)
        named = queries.subject_of(about).name_of(request.actor, [thing_id]).get(thing_id, "")
    asked = BeforeForm(request.GET)
    begun = _begun(request, asked.cleaned_data["template"] if asked.is_valid() else "", kind=StartForm)
    form = begun if request.method != "POST" else form_for(request, StartForm)
    if request.method == "POST" and form.is_valid():
        try:
            with brought(request.actor, form, _document_beside(about, thing_id)) as given:
                title = form.cleaned_data["title"]
                made = actions.start_thread(request.actor, title=title, about=about, about_id=thing_id, **given)
        except _WRONG as refusal:
            refuse(form, refusal)
        else:
            return redirect(url_of(client_id, "thread", thread_id=made.id))
    context = {
        "form": form,
        "named": named,
        "crumbs": crumbs(client_id, (_("New conversation"), "")),
        "back_url": url_of(client_id, "list"),
        "templates": _templates(request),
        "file_most": FORM_FILE_BYTES,
    }
    return render(request, "conversations/new.html", context, status=422 if form.errors else 200)


@permission("message:send")
@require_POST
def solve(request: ActorRequest, client_id: UUID, thread_id: UUID) -> HttpResponse:
    """Say that a conversation is solved."""
    actions.solve_thread(request.actor, thread_id=thread_id)
    messages.success(request, _("It is solved. Writing in it opens it again."))
    return redirect(url_of(client_id, "thread", thread_id=thread_id))


@permission("message:send")
@require_POST
def reopen(request: ActorRequest, client_id: UUID, thread_id: UUID) -> HttpResponse:
    """Open a conversation again."""
    actions.reopen_thread(request.actor, thread_id=thread_id)
    messages.success(request, _("It is open again."))
    return redirect(url_of(client_id, "thread", thread_id=thread_id))


@permission("thread:assign")
@require_POST
def assign(request: ActorRequest, client_id: UUID, thread_id: UUID) -> HttpResponse:
    """Say who of the firm answers."""
    form = AssignForm(request.POST)
    if not form.is_valid():
        raise Invalid
    person_id = form.cleaned_data["person"]
    try:
        actions.assign_thread(
            request.actor, thread_id=thread_id, person_id=person_id, before=form.cleaned_data["before"]
        )
    except Moved:
        messages.warning(request, _("Somebody else decided this a moment ago. Look who it is now, and decide again."))
    else:
        said = _("It is theirs to answer.") if person_id else _("It is for whoever comes first.")
        messages.success(request, said)
    return redirect(url_of(client_id, "thread", thread_id=thread_id))


@permission("note:write")
@require_http_methods(["GET", "HEAD", "POST"])
def note(request: ActorRequest, client_id: UUID, thread_id: UUID) -> HttpResponse:
    """Write a note for the firm alone."""
    page = queries.thread_page(request.actor, thread_id)
    if request.method != "POST":
        return redirect(url_of(client_id, "thread", thread_id=thread_id))
    form = NoteForm(request.POST)
    if form.is_valid():
        try:
            actions.write_note(request.actor, thread_id=thread_id, body=form.cleaned_data["body"])
        except (Empty, TooLong) as refusal:
            form.add_error("body", _(refusal.sentence))
        else:
            return redirect(url_of(client_id, "thread", thread_id=thread_id) + "#newest")
    return _page(request, page, WriteForm(), note_form=form, status=422)


@permission("note:write")
@require_POST
def remove_note(request: ActorRequest, client_id: UUID, thread_id: UUID, thread_note_id: UUID) -> HttpResponse:
    """Strike one's own note out."""
    actions.remove_note(request.actor, thread_id=thread_id, note_id=thread_note_id)
    return redirect(url_of(client_id, "thread", thread_id=thread_id))


send.file_bytes = FORM_FILE_BYTES  # type: ignore[attr-defined] # read by the middleware that bounds bodies
new.file_bytes = FORM_FILE_BYTES  # type: ignore[attr-defined] # the same


def _page(
    request: ActorRequest,
    page: ThreadPage,
    form: WriteForm,
    *,
    able: list[Reader] | None = None,
    note_form: NoteForm | None = None,
    is_older: bool = False,
    status: int = 200,
) -> HttpResponse:
    actor, found = request.actor, page.thread
    names = names_of(people_in(page))
    may = page.may if actor.looking_as is None else page.may & {"thread:view"}
    where = {"thread_id": found.id}
    oldest = page.messages[0].number if page.messages else 0
    staff = [(reader.id, reader.name) for reader in (able or queries.able(actor)) if reader.is_firms]
    answering = [("", _("Whoever comes first")), *((ids.public(one), name) for one, name in _with_me(request, staff))]
    context: dict[str, Any] = {
        "thread": found,
        "crumbs": crumbs(actor.client, (found.title, "")),
        "items": written(actor, page, names),
        "live_url": "" if is_older else live(actor, page),
        "older_url": f"{url_of(actor.client, 'thread', **where)}?before={oldest}" if page.is_cut else "",
        "newest_url": url_of(actor.client, "thread", **where) if is_older else "",
        "names": {"solved_by": names.get(found.solved_by, ""), "assigned": names.get(found.assigned_to, "")},
        "form": form,
        "note_form": note_form or NoteForm(auto_id="note_%s"),
        "may": {verb.replace(":", "_"): verb in may for verb in ("message:send", "thread:assign", "note:write")},
        "answering": answering,
        "assigned": ids.public(found.assigned_to) if found.assigned_to else "",
        "urls": {name: url_of(actor.client, name, **where) for name in ("send", "note", "solve", "reopen", "assign")},
        "templates": _templates(request) if "message:send" in may else [],
        "file_most": FORM_FILE_BYTES,
    }
    return render(request, "conversations/thread.html", context, status=status)


def _document_beside(about: str, thing_id: UUID | None) -> UUID | None:
    return thing_id if about == "document" else None


def _with_me(request: ActorRequest, able: list[tuple[UUID, str]]) -> list[tuple[UUID, str]]:
    """Return who of the firm may answer, the reader first where they are one of them."""
    own = request.actor.person_id
    return [(own, _("Me")), *able] if own is not None and request.actor.kind == "staff" else able


def _begun(
    request: ActorRequest, template: str, *, kind: type[WriteForm] = WriteForm, able: list[Reader] | None = None
) -> WriteForm:
    """Return an empty form, or one that begins with a template."""
    if "message:send" not in request.actor.verbs:
        return WriteForm()
    initial = {}
    if template:
        chosen = next((one for one in queries.templates_to_use(request.actor) if ids.public(one.id) == template), None)
        if chosen is None:
            raise NotFound
        initial["body"] = queries.filled(request.actor, chosen)
    return form_for(request, kind, able, initial=initial) if request.method != "POST" else kind(initial=initial)


def _templates(request: ActorRequest) -> list[tuple[str, str]]:
    return [(ids.public(one.id), one.title) for one in queries.templates_to_use(request.actor)]

"""One item: what is asked for, the answer, what was kept of it; and what two people wrote at once."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from muniment.core import config, ids
from muniment.core.actor import Actor
from muniment.core.errors import Invalid
from muniment.portal.checklists import actions, queries
from muniment.portal.checklists.errors import AnswerRefused, ChangedMeanwhile
from muniment.portal.checklists.forms import AnswerForm, KeepForm, WordsForm
from muniment.portal.checklists.moves import possible
from muniment.portal.checklists.requests import ActorRequest
from muniment.portal.checklists.states import State
from muniment.portal.checklists.types import ItemFacts, ItemPage
from muniment.portal.checklists.views.shown import answer_words, crumbs, item_shown, names_of, url
from muniment.trust.access.types import permission

SKIPPING = {
    "label": gettext_lazy("Why it does not apply"),
    "hint": gettext_lazy("The firm reads this, and accepts it or asks again."),
}


@permission("checklist:view")
@require_http_methods(["GET", "HEAD", "POST"])
def item(request: ActorRequest, client_id: UUID, item_id: UUID) -> HttpResponse:
    """Show an item, and take its answer."""
    page = queries.item_page(request.actor, item_id)
    if request.method != "POST":
        return _shown(request, page, None)
    form = AnswerForm(request.POST, item=page.item)
    if not form.is_valid():
        return _shown(request, page, form)
    try:
        actions.answer_item(request.actor, item_id=item_id, **form.cleaned_data)
    except AnswerRefused as refusal:
        form.add_error("answer", _(refusal.sentence))
        return _shown(request, page, form)
    except ChangedMeanwhile:
        return _collided(request, item_id, form.data.get("answer", ""), form.data.get("remark", ""))
    return _go_on(request, client_id, page)


@permission("checklist:answer")
@require_POST
def keep(request: ActorRequest, client_id: UUID, item_id: UUID) -> HttpResponse:
    """Keep what was typed so far; the page goes on with the version that this made."""
    form = KeepForm(request.POST)
    if not form.is_valid():
        raise Invalid
    is_part = "HX-Request" in request.headers
    try:
        kept = actions.keep_draft(request.actor, item_id=item_id, **form.cleaned_data)
    except ChangedMeanwhile:
        if is_part:
            context = {"is_changed": True, "item_url": url("item", client_id, item_id=item_id)}
            return render(request, "checklists/_kept.html", context, status=422)
        return _collided(request, item_id, form.cleaned_data["answer"], form.cleaned_data["remark"])
    if is_part:
        return render(request, "checklists/_kept.html", {"kept_at": kept.drafted_at, "version": kept.version})
    messages.success(request, _("Kept. Go on whenever you like, on any device."))
    return redirect("checklists:item", client_id=client_id, item_id=item_id)


@permission("checklist:answer")
@require_http_methods(["GET", "HEAD", "POST"])
def skip(request: ActorRequest, client_id: UUID, item_id: UUID) -> HttpResponse:
    """Ask why an item does not apply, and say so."""
    page = queries.item_page(request.actor, item_id)
    initial = {"version": page.item.version, "words": page.item.reason}
    form = WordsForm(request.POST if request.method == "POST" else None, initial=initial, **SKIPPING)
    back = url("item", client_id, item_id=item_id)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.skip_item(request.actor, item_id=item_id, version=given["version"], reason=given["words"])
        except ChangedMeanwhile:
            return words_collided(request, "skip", page.item.id, form, back)
        return _go_on(request, client_id, page)
    context = {"form": form, "title": page.item.title, "back_url": back}
    return render(request, "checklists/skip.html", context, status=422 if form.is_bound else 200)


def words_collided(request: ActorRequest, template: str, item_id: UUID, form: WordsForm, back: str) -> HttpResponse:
    """Answer with what the item says now and the words that were typed; sending them again is the person's choice."""
    now = queries.item(request.actor, item_id)
    again = WordsForm(
        {"version": now.version, "words": form.data.get("words", "")}, **(SKIPPING if template == "skip" else {})
    )
    context = {"form": again, "title": now.title, "back_url": back, "theirs": _theirs(now)}
    return render(request, f"checklists/{template}.html", context, status=409)


def _go_on(request: ActorRequest, client_id: UUID, page: ItemPage) -> HttpResponse:
    """Lead on to the next item that is open, else back to the checklist."""
    messages.success(request, _("Sent. You can change it until it is accepted."))
    found = queries.checklist_page(request.actor, page.checklist.id)
    for other in found.items:
        if other.is_to_do and other.side == page.item.side and other.number > page.item.number:
            return redirect("checklists:item", client_id=client_id, item_id=other.id)
    return redirect("checklists:checklist", client_id=client_id, checklist_id=page.checklist.id)


def _collided(request: ActorRequest, item_id: UUID, answer: str, remark: str) -> HttpResponse:
    """Answer with what the item says now beside what was typed; sending that again is the person's choice."""
    page = queries.item_page(request.actor, item_id)
    typed = {"answer": answer, "remark": remark, "version": page.item.version}
    form = AnswerForm(initial=typed, item=page.item)
    return _shown(request, page, form, theirs=_theirs(page.item), status=409)


def _theirs(now: ItemFacts) -> dict[str, Any]:
    """Return what somebody else wrote: an answer, or what they keep for later."""
    who = now.drafted_by if now.drafted_at else now.answered_by
    return {
        "name": names_of([who]).get(who, "") if who else "",
        "answer": now.draft if now.drafted_at else answer_words(now),
        "remark": now.draft_remark if now.drafted_at else now.remark,
        "at": now.drafted_at or now.answered_at,
        "is_kept": now.drafted_at is not None,
    }


def _shown(
    request: ActorRequest,
    page: ItemPage,
    form: AnswerForm | None,
    *,
    theirs: dict[str, Any] | None = None,
    status: int = 0,
) -> HttpResponse:
    actor, item = request.actor, page.item
    if form is None:
        form = AnswerForm(initial=_initial(item), item=item)
    moves = possible(item.state)
    is_running = page.checklist.closed_at is None and item.is_asked
    is_mine = item.side == ("firm" if actor.kind == "staff" else "client")
    answers = is_running and is_mine and "checklist:answer" in page.may and "answer" in moves
    people = [item.answered_by, item.decided_by, item.assignee_id, item.drafted_by, *(f.added_by for f in page.files)]
    names = names_of(people)
    context = _acts(actor, page) | {
        "crumbs": crumbs(actor.client, (page.checklist.title, _list_url(page)), (item.title, "")),
        "checklist_url": _list_url(page),
        "item": item_shown(actor.client, item, names) | {"text": item.text, "section": item.section, "kind": item.kind},
        "form": form,
        "theirs": theirs,
        "answers": answers,
        "skip_url": url("skip", actor.client, item_id=item.id) if answers and "skip" in moves else "",
        "keep_url": url("keep", actor.client, item_id=item.id) if answers and item.kind == "answer" else "",
        "kept_at": item.drafted_at,
        "kept_by": names.get(item.drafted_by, "") if item.drafted_by else "",
        "said": _said(item, names),
        "files": [_file(actor, item, row, names, removes=answers) for row in page.files],
        "unfinished": page.unfinished,
        "before_url": url("item", actor.client, item_id=page.before) if page.before else "",
        "after_url": url("item", actor.client, item_id=page.after) if page.after else "",
        "is_closed": page.checklist.closed_at is not None,
        "is_not_asked": not item.is_asked,
        "document": _document(actor, page),
        "folder_name": page.folder_name,
        "upload_url": url("uploads", actor.client, item_id=item.id),
        "send_url": url("send_file", actor.client, item_id=item.id),
        "max_bytes": config.current().max_upload_bytes,
    }
    return render(request, "checklists/item.html", context, status=status or (422 if form.is_bound else 200))


def _acts(actor: Actor, page: ItemPage) -> dict[str, Any]:
    """Return where who decides or asks can act on an item; nothing where they cannot now."""
    item, moves = page.item, possible(page.item.state)
    runs = page.checklist.closed_at is None and item.is_asked
    decides, asks = runs and "checklist:decide" in page.may, runs and "checklist:send" in page.may
    links = asks and item.kind == "upload" and item.folder_id is not None and "answer" in moves

    def to(name: str, *, when: bool) -> str:
        return url(name, actor.client, item_id=item.id) if when else ""

    talks = "thread:view" in page.may
    return {
        "version": item.version,
        "accept_url": to("accept", when=decides and "accept" in moves),
        "send_back_url": to("send_back", when=decides and "send back" in moves),
        "assign_url": to("assign", when=asks),
        "link_url": to("send_link", when=links and "document:share" in page.may),
        "talk_url": _talk(actor, item) if talks else "",
    }


def _talk(actor: Actor, item: ItemFacts) -> str:
    where = {"client_id": actor.client, "about": "item", "thing_id": item.id}
    return reverse("conversations:about", kwargs=where)


def _initial(item: ItemFacts) -> dict[str, Any]:
    is_kept = item.drafted_at is not None
    return {
        "version": item.version,
        "answer": item.draft if is_kept else item.answer,
        "remark": item.draft_remark if is_kept else item.remark,
    }


def _said(item: ItemFacts, names: dict[UUID, str]) -> dict[str, Any]:
    """Return what was answered or decided, and by whom."""
    return {
        "answer": answer_words(item),
        "remark": item.remark,
        "is_skipped": item.state == State.NOT_APPLICABLE or bool(item.reason),
        "reason": item.reason,
        "at": item.answered_at,
        "by": names.get(item.answered_by, "") if item.answered_by else "",
        "decided_at": item.decided_at,
        "decided_by": names.get(item.decided_by, "") if item.decided_by else "",
        "note": item.note,
        "is_sent_back": item.state == State.SENT_BACK,
        "is_accepted": item.state == State.ACCEPTED,
    }


def _file(actor: Actor, item: ItemFacts, row: Any, names: dict[UUID, str], *, removes: bool) -> dict[str, Any]:
    where = {"client_id": actor.client, "document_id": row.document_id}
    return {
        "name": row.name,
        "url": reverse("documents:document", kwargs=where) if row.name else "",
        "added_at": row.added_at,
        "added_by": names.get(row.added_by) or _("somebody with a link"),
        "remove_url": url("remove_file", actor.client, item_id=item.id, file_id=row.id) if removes else "",
    }


def _document(actor: Actor, page: ItemPage) -> dict[str, str]:
    """Return the document to read, for who may open it."""
    if page.item.document_id is None or not page.document_name:
        return {}
    where = {"client_id": actor.client, "document_id": page.item.document_id}
    return {
        "name": page.document_name,
        "url": reverse("documents:document", kwargs=where),
        "id": ids.public(page.item.document_id),
    }


def _list_url(page: ItemPage) -> str:
    return url("checklist", page.checklist.client_id, checklist_id=page.checklist.id)

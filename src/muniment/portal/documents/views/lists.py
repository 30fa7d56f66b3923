"""The list of a folder, and the trash."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from muniment.core import config
from muniment.core.errors import Invalid
from muniment.portal.documents import queries
from muniment.portal.documents.forms import KIND_WORDS, SORT_WORDS, ListForm, PageForm, write_cursor
from muniment.portal.documents.requests import ActorRequest
from muniment.portal.documents.types import Cursor, DocumentFacts, FolderFacts, FolderPage, Wanted
from muniment.portal.documents.views.shown import crumbs, label_shown, may, people_of
from muniment.trust.access import queries as access
from muniment.trust.access.types import permission
from muniment.trust.vault.types import Vetting


@permission("document:view")
@require_safe
def listing(request: ActorRequest, client_id: UUID, folder_id: UUID | None = None) -> HttpResponse:
    """Show the folders and documents of a folder, or of the top."""
    form = ListForm(request.GET)
    if not form.is_valid():
        raise Invalid
    if form.cleaned_data["text"].strip():  # the box above the list looks everywhere in the client
        asked = QueryDict(mutable=True)
        asked.update({"text": form.cleaned_data["text"], "kind": form.cleaned_data["kind"]})
        return redirect(f"{reverse('documents:search', kwargs={'client_id': client_id})}?{asked.urlencode()}")
    wanted = form.wanted()
    found = queries.folder_page(request.actor, folder_id, wanted)
    context = _context(request, client_id, found, wanted)
    part = request.headers.get("HX-Request") == "true" and request.headers.get("HX-Target") == "rows"
    return render(request, "documents/_rows.html" if part else "documents/list.html", context)


@permission("document:restore")
@require_safe
def trashed(request: ActorRequest, client_id: UUID) -> HttpResponse:
    """Show what can be taken back from the trash."""
    form = PageForm(request.GET)
    if not form.is_valid():
        raise Invalid
    number = form.cleaned_data["page"] or 1
    found = queries.trash(request.actor, page=number)
    names = people_of(thing.trashed_by for thing in found.things)
    context = {
        "crumbs": crumbs(client_id, [], _("Trash")),
        "page": {
            "rows": [_trashed_row(client_id, thing, names.get(thing.trashed_by, "")) for thing in found.things],
            "newer_url": f"?page={number - 1}" if number > 1 else None,
            "older_url": f"?page={number + 1}" if found.has_more else None,
        },
        "may": {"restore": True},
    }
    return render(request, "documents/trash.html", context)


def _context(request: ActorRequest, client_id: UUID, found: FolderPage, wanted: Wanted) -> dict[str, Any]:
    folder = found.way[-1] if found.way else None
    names = people_of(row.changed_by for row in found.page.rows)
    new, closed = found.new, found.closed
    return {
        "crumbs": crumbs(client_id, found.way),
        "folder": folder,
        "guarded": label_shown(folder.label) if folder else {},
        "folders": [
            {
                "id": row.id,
                "name": row.name,
                "count": row.documents,
                "is_closed": row.is_closed,
                **label_shown(row.label),
            }
            for row in found.folders
        ],
        "page": {
            "rows": [_row(row, names, closed.get(row.id), is_new=row.id in new) for row in found.page.rows],
            "newer_url": _page_url(request, "newer", found.page.newer),
            "older_url": _page_url(request, "older", found.page.older),
            "is_too_full": found.page.is_too_full,
            "is_waiting": any(not vetting.is_final for vetting in closed.values()),
        },
        "filters": {"kind": wanted.kind, "sort": wanted.sort},
        "filtered": bool(wanted.kind),
        "kinds": list(KIND_WORDS.items()),
        "sorts": list(SORT_WORDS.items()),
        "may": may(found.may),
        "not_open": access.open_now(request.actor, "view").reasons,
        "upload_url": reverse("documents:uploads", kwargs={"client_id": client_id}),
        "max_bytes": config.current().max_upload_bytes,
    }


def _row(row: DocumentFacts, names: dict[UUID | None, str], vetting: Vetting | None, *, is_new: bool) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "media_type": row.media_type,
        "size_bytes": row.size_bytes,
        "changed_at": row.changed_at,
        "changed_by": names.get(row.changed_by, ""),
        "version_count": row.version_count,
        "is_new": is_new,
        "label": label_shown(row.label)["label_words"],
        "vetting": ("held" if vetting.is_final else "waiting") if vetting else "",
    }


def _trashed_row(client_id: UUID, thing: FolderFacts | DocumentFacts, who: str) -> dict[str, Any]:
    is_folder = isinstance(thing, FolderFacts)
    where = {"folder_id" if is_folder else "document_id": thing.id, "client_id": client_id}
    return {
        "id": thing.id,
        "name": thing.name,
        "is_folder": is_folder,
        "media_type": "" if isinstance(thing, FolderFacts) else thing.media_type,
        "size_bytes": None if isinstance(thing, FolderFacts) else thing.size_bytes,
        "trashed_at": thing.trashed_at,
        "trashed_by": who,
        "restore_url": reverse("documents:restore_folder" if is_folder else "documents:restore", kwargs=where),
    }


def _page_url(request: ActorRequest, side: str, cursor: Cursor | None) -> str:
    if cursor is None:
        return ""
    parameters = request.GET.copy()
    for name in ("older", "newer"):
        parameters.pop(name, None)
    parameters[side] = write_cursor(cursor)
    return f"{request.path}?{parameters.urlencode()}"

"""One entry of a log: what it says, and why nobody can change it any more."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from muniment.core.actor import Actor
from muniment.trust.access import queries as access
from muniment.trust.access.types import personal
from muniment.trust.audit import queries as log
from muniment.trust.audit.types import EARNING
from muniment.trust.disclosure import actions, queries
from muniment.trust.disclosure.types import RECEIPT_TYPE, Path
from muniment.web.views.log import described
from muniment.web.views.receipts.drawing import draw

OWN = "shows what one did oneself, and the whole log to those with log:read"
SANDBOX = "default-src 'none'; frame-ancestors 'none'; sandbox"


@personal(OWN)
@require_safe
def entry(request: HttpRequest, client_id: UUID, entry_id: UUID) -> HttpResponse:
    """Show one entry with its proof drawn as a path."""
    actor: Actor = request.actor  # type: ignore[attr-defined] # put there by the middleware
    found = queries.entry(actor, entry_id)
    receipt = queries.receipt(actor, entry_id)
    proof = queries.proof(receipt) if receipt else None
    here = {"client_id": client_id, "entry_id": entry_id}
    context = {
        "entry": described(actor, [found])[0],
        "earns": found.event in EARNING,
        "trees": [
            _tree(_("In this client's log"), _("this entry"), proof.log),
            _tree(_("In the register of all logs"), _("the head of this log"), proof.register),
        ]
        if proof
        else [],
        "verify_url": _verify_url(client_id),
        "parts": _parts(receipt) if receipt else [],
        "receipt_url": reverse("receipts:take", kwargs=here),
        "mail_url": reverse("receipts:mail", kwargs=here),
        "log_url": reverse("log:list", kwargs={"client_id": client_id})
        if access.may_somewhere(actor, "log:read")
        else None,
        "receipts_url": reverse("receipts:list", kwargs={"client_id": client_id}),
    }
    return render(request, "receipts/entry.html", context)


@personal(OWN)
@require_safe
def take(request: HttpRequest, client_id: UUID, entry_id: UUID) -> HttpResponse:
    """Hand out the receipt of an entry as a file."""
    actor: Actor = request.actor  # type: ignore[attr-defined] # put there by the middleware
    file = actions.take_receipt(actor.within(client_id), entry_id=entry_id)
    headers = {
        "Content-Disposition": f'attachment; filename="{file.name}"',
        "Content-Security-Policy": SANDBOX,
    }
    return HttpResponse(file.data, content_type=RECEIPT_TYPE, headers=headers)


@personal(OWN)
@require_POST
def mail(request: HttpRequest, client_id: UUID, entry_id: UUID) -> HttpResponse:
    """Send the receipt of an entry to whoever asks."""
    actor: Actor = request.actor  # type: ignore[attr-defined] # put there by the middleware
    actions.mail_receipt(actor, entry_id=entry_id)
    messages.success(request, _("The receipt is on its way to your mail address."))
    return redirect("receipts:entry", client_id=client_id, entry_id=entry_id)


def _verify_url(client_id: UUID) -> str:
    """Return the page that checks receipts, with the portal's keys in its fragment: it says where they came from."""
    keys = [("key", key) for key in log.log_keys(client_id)] + [("register-key", key) for key in log.log_keys()]
    return f"{reverse('verify:page')}#{urlencode(keys)}"


def _tree(title: str, leaf: str, path: Path) -> dict[str, Any]:
    return {
        "title": title,
        "leaf": leaf,
        "index": path.index,
        "number": path.index + 1,
        "size": path.size,
        "origin": path.origin,
        "drawing": draw(path),
        "hashes": [
            {"name": _("the leaf"), "hex": path.leaf.hex()},
            *(
                {"name": _("beside it, left") if step.is_left else _("beside it, right"), "hex": step.beside.hex()}
                for step in path.steps
            ),
            {"name": _("the root"), "hex": path.root.hex()},
        ],
    }


def _parts(receipt: dict[str, Any]) -> list[dict[str, str]]:
    """Return the two texts that the leaf commits to, or that one of them was dropped."""
    names = {"core": _("What was done"), "private": _("Who did it from where")}
    return [
        {"name": name, "text": receipt["entry"][part].get("text", ""), "salt": receipt["entry"][part].get("salt", "")}
        for part, name in names.items()
    ]

"""My account: how I sign in, where I am signed in, where I belong."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from muniment.core.actor import Actor
from muniment.trust.access.types import personal
from muniment.trust.identity import actions, queries
from muniment.trust.identity.passkeys.queries import passkeys_of
from muniment.trust.identity.recovery.queries import open_recovery
from muniment.trust.identity.roles import label
from muniment.trust.identity.steps import places
from muniment.trust.identity.steps.queries import devices_of, recent_sign_ins

SIGN_IN_WORDS = {
    "in": _("Signed in"),
    "password": _("Wrong password"),
    "code": _("Wrong code"),
    "delayed": _("Too many tries: a pause"),
}


@personal("one's own account")
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show the account of whoever is signed in."""
    actor: Actor = request.actor  # type: ignore[attr-defined] # set by web.middleware.actors
    facts = queries.sign_in_facts(actor)
    shown = {
        "password_changed_at": facts.changed_at,
        "second_factor_since": facts.second_factor_since,
        "passkeys": passkeys_of(actor),
        "recovery_codes_left": facts.recovery_codes_left,
        "end_all_url": reverse("account:end_others"),
        "sessions": [
            {
                "id": session.id,
                "device": session.device,
                "ip": session.ip,
                "place": places.name(session.country),
                "used_at": session.used_at,
                "started_at": session.created_at,
                "is_current": session.current,
                "end_url": reverse("account:end_session", kwargs={"session_id": session.id}),
            }
            for session in queries.sessions_of(actor)
        ],
        "devices": devices_of(actor, request.session),
        "forget_all_url": reverse("account:forget_devices"),
        "sign_ins": [(one, SIGN_IN_WORDS[one.what]) for one in recent_sign_ins(actor)],
        "recovery": open_recovery(actor.person_id),
        "memberships": [
            {
                "name": place.name,
                "role": label(place.role),
                "until": place.until,
                "leave_url": reverse("leave", kwargs={"client_id": place.id}) if place.kind == "client" else None,
            }
            for place in queries.places(actor)
        ],
    }
    return render(request, "account/index.html", shown)


@personal("one's own sessions")
@require_POST
def end_session(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """End one of the person's sessions."""
    actions.end_session(request.actor, session_id=session_id)  # type: ignore[attr-defined] # set by web.middleware.actors
    return redirect("account:index")


@personal("one's own sessions")
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """End every session of the person but this one."""
    actions.end_other_sessions(request.actor)  # type: ignore[attr-defined] # set by web.middleware.actors
    return redirect("account:index")

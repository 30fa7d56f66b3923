"""Confirm that it is still you through your organisation, for people who have no passkey and no code here."""

from uuid import UUID

from allauth.account.internal.flows.login import record_authentication
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from muniment.core import clock
from muniment.core.errors import NotFound, PortalError
from muniment.trust.access.types import personal
from muniment.trust.federation import queries, speaking
from muniment.trust.federation.actions import SIGNED_IN_BY
from muniment.trust.federation.errors import AnswerForged, SignInBegunElsewhere
from muniment.trust.federation.models import Provider
from muniment.trust.federation.pending import Pending
from muniment.trust.federation.types import Asserted
from muniment.trust.identity import actions as identity
from muniment.trust.identity import queries as people
from muniment.trust.identity.types import Way


def offer(request: HttpRequest) -> Way | None:
    """Return the way of whoever signed in through a provider that is still on, and whose word is enough for them."""
    row = _own_provider(request)
    if row is None:
        return None
    return Way(_("Confirm through %s") % row.name, reverse("federation:confirm"))


@personal("proves again who is signed in")
@require_GET
def confirm(request: HttpRequest) -> HttpResponse:
    """Lead to the provider, which asks anew."""
    row = _own_provider(request)
    if row is None:
        raise NotFound
    wanted = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None, require_https=True) and wanted.startswith("/")
    return redirect(speaking.ask(request.session, row, why="confirm", next_=wanted if safe else ""))


def confirmed(request: HttpRequest, row: Provider, asked: Pending, said: Asserted) -> HttpResponse:
    """Take down that the person proved themselves anew, and strongly; go on where they were.

    Raises:
        SignInBegunElsewhere: somebody else is signed in than the provider named, or nobody.
        AnswerForged: the provider does not prove that more than a password was asked for.
    """
    actor = people.actor_for(request, None)
    is_theirs = actor.person_id is not None and queries.whom(row, said) == actor.person_id
    if not is_theirs or _own_provider(request) is None:
        raise SignInBegunElsewhere
    if not said.has_mfa or said.authenticated_at is None:
        raise AnswerForged("amr")
    at = min(said.authenticated_at, clock.now()).timestamp()
    record_authentication(request, request.user, "provider", at=at, strong=True, reauthenticated=True)
    identity.note_confirmed(actor, kind="provider")
    request.session.cycle_key()
    return redirect(asked.next or "account:index")


def _own_provider(request: HttpRequest) -> Provider | None:
    found = request.session.get(SIGNED_IN_BY)
    if not request.user.is_authenticated or not isinstance(found, dict):
        return None
    client_id = UUID(found["client"])
    if not queries.vouches_alone(client_id, request.user.pk):
        return None
    try:
        return queries.running_provider(people.visitor(request, client_id), UUID(found["provider"]))
    except PortalError:
        return None

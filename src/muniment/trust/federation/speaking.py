"""Ask a provider and take its answer, whichever protocol it speaks."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase
from django.urls import reverse

from muniment.core import config
from muniment.trust.federation import oidc, pending, saml
from muniment.trust.federation.errors import SignInBegunElsewhere
from muniment.trust.federation.models import Provider
from muniment.trust.federation.pending import Pending, Why
from muniment.trust.federation.queries.providers import issuer_of
from muniment.trust.federation.types import Asserted

ANSWER: Final = "SAMLResponse"


def address_of(page: str, client_id: UUID, provider_id: UUID) -> str:
    """Return the whole address of a page that providers know: the same for every browser and language."""
    path = reverse(f"federation:{page}", kwargs={"place_id": client_id, "provider_id": provider_id})
    return config.current().address + path


def here(row: Provider) -> saml.Here:
    """Return what the portal is for a SAML provider."""
    return saml.Here(
        audience=address_of("metadata", row.client_id, row.id), acs=address_of("take", row.client_id, row.id)
    )


def ask(session: SessionBase, row: Provider, *, why: Why, next_: str = "") -> str:
    """Return the address to which the browser is sent; its session keeps the question.

    Raises:
        AddressForbidden, ProviderUnreachable, MetadataUnusable: the provider does not say where.
    """
    fresh = why == "confirm"
    if row.kind == "saml":
        request_id, asked = saml.request(row.settings, here(row), fresh=fresh)
        made = pending.begin(
            session, client_id=row.client_id, provider_id=row.id, why=why, next_=next_, nonce=request_id
        )
        return saml.question(row.settings, asked, made.state)
    made = pending.begin(session, client_id=row.client_id, provider_id=row.id, why=why, next_=next_)
    seconds = config.current().session_hours * 3600
    question = made.asked(address_of("answer", row.client_id, row.id))
    return oidc.question(issuer_of(row), question, max_age_seconds=seconds)


def waiting(session: SessionBase, state: str, provider_id: UUID) -> Pending:
    """Return the question that an answer is to, which is not asked any more.

    Raises:
        SignInBegunElsewhere: this browser did not ask it, or too long ago, or it was answered.
    """
    found = pending.take(session, state, provider_id)
    if found is None:
        raise SignInBegunElsewhere
    return found


def hear(row: Provider, asked: Pending, answer: Mapping[str, str]) -> Asserted:
    """Return who somebody is, by a provider's answer to a question.

    Raises:
        AnswerForged: it does not prove what it must.
        ProviderUnreachable: the provider does not answer.
    """
    if row.kind == "saml":
        return saml.answered(
            row.settings,
            here(row),
            answer.get(ANSWER, ""),
            request_id=asked.nonce,
            fresh=asked.fresh,
            begun_at=asked.begun_at,
        )
    return oidc.answered(issuer_of(row), asked.asked(address_of("answer", row.client_id, row.id)), answer)

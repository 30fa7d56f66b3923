"""What a browser keeps of sign-ins that it began at a provider: each is answered once, soon, and here alone."""

import secrets
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase
from django.utils.crypto import constant_time_compare

from muniment.core import clock
from muniment.trust.federation.oidc import Asked

Why = Literal["enter", "try", "confirm"]

LASTS: Final = timedelta(minutes=15)
MOST: Final = 5
_KEY: Final = "asked providers"


@dataclass(frozen=True)
class Pending:
    """One question on its way. `state` finds it again; `next` is a path of the portal."""

    state: str
    client_id: UUID
    provider_id: UUID
    nonce: str  # of OpenID Connect; of SAML the id of the request
    verifier: str
    why: Why
    next: str
    begun: float

    @property
    def begun_at(self) -> datetime:
        """When the browser was sent away."""
        return datetime.fromtimestamp(self.begun, UTC)

    @property
    def fresh(self) -> bool:
        """Whether the person must prove themselves anew, whatever session they have with the provider."""
        return self.why == "confirm"

    def asked(self, redirect_uri: str) -> Asked:
        """Return it in the words of OpenID Connect."""
        return Asked(self.state, self.nonce, self.verifier, redirect_uri, self.fresh, self.begun_at)


def begin(
    session: SessionBase, *, client_id: UUID, provider_id: UUID, why: Why, next_: str = "", nonce: str = ""
) -> Pending:
    """Begin a question; the oldest of too many is forgotten. `nonce` is what the answer must repeat: new, or given."""
    made = Pending(
        state=secrets.token_urlsafe(32),
        client_id=client_id,
        provider_id=provider_id,
        nonce=nonce or secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(48),
        why=why,
        next=next_,
        begun=clock.now().timestamp(),
    )
    kept = [*_all(session), {**asdict(made), "client_id": str(client_id), "provider_id": str(provider_id)}]
    session[_KEY] = kept[-MOST:]
    return made


def take(session: SessionBase, state: str, provider_id: UUID) -> Pending | None:
    """Return the question that an answer belongs to, and forget it: no answer counts twice."""
    kept = _all(session)
    found = next((one for one in kept if constant_time_compare(str(one["state"]), state)), None)
    if found is None:
        return None
    session[_KEY] = [one for one in kept if one is not found]
    pending = Pending(
        **{**found, "client_id": UUID(found["client_id"]), "provider_id": UUID(found["provider_id"])},
    )
    is_over = clock.now() - pending.begun_at > LASTS
    return None if is_over or pending.provider_id != provider_id else pending


def _all(session: SessionBase) -> list[dict[str, Any]]:
    found = session.get(_KEY)
    return found if isinstance(found, list) else []

"""Say why one opens a client's space."""

from dataclasses import replace

from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import action
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.identity.errors import PurposeUnsaid


@action
def state_purpose(actor: Actor, *, purpose: str) -> str:
    """Write down why somebody of the firm opens this client's space, and return it as it was written.

    The caller keeps it for the session: see `purposes`.

    Raises:
        NotFound: `actor` is not of the firm, or may do nothing here.
        PurposeUnsaid: it is empty.
    """
    if actor.kind != "staff" or not (actor.verbs or actor.firm_verbs):
        raise NotFound
    said = " ".join(purpose.split())
    if not said:
        raise PurposeUnsaid
    audit.record(replace(actor, purpose=said), Event.PURPOSE_STATED)
    return said

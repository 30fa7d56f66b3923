"""Background work: follow what directories said, and look again at what was proved and fetched once."""

from collections.abc import Callable
from typing import Any

import structlog
from procrastinate.contrib.django import app

from muniment.core import clock
from muniment.core.errors import PortalError
from muniment.trust.federation import minding, queries
from muniment.trust.federation.scim.actions import settle_record
from muniment.trust.federation.scim.queries import settling

logger = structlog.get_logger("muniment.directory")


@app.periodic(cron="*/5 * * * *")
@app.task(name="federation.settle_directories", queueing_lock="federation.settle_directories")
def settle_directories(timestamp: int) -> None:  # noqa: ARG001 - when it was due, which the queue hands in
    """Put people into the groups of their directory who accepted its invitation since."""
    for actor, role, record_id in settling():
        try:
            settle_record(actor, role=role, record_id=record_id)
        except PortalError as refusal:
            logger.warning("directory not settled", rule=refusal.code)  # of one; the others go on


@app.periodic(cron="23 4 * * *")
@app.task(name="federation.look_again", queueing_lock="federation.look_again")
def look_again(timestamp: int) -> None:  # noqa: ARG001 - the same
    """Look again at the proofs of domains, and fetch metadata whose certificates end soon, every night."""
    for client_id, domain in queries.proved_domains():
        _tried("domain not looked at", minding.mind_domain, client_id, domain)
    for client_id, provider_id in queries.renewable(clock.now() + minding.RENEWED):
        _tried("metadata not renewed", minding.renew_metadata, client_id, provider_id)


def _tried(what: str, act: Callable[..., object], *given: Any) -> None:
    try:
        act(*given)
    except PortalError as refusal:
        logger.warning(what, rule=refusal.code)  # of one; the others go on, and Health says what is missing

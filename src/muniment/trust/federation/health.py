"""Look at certificates that end soon, proofs of domains that are gone, and who comes in when a provider is down."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from muniment.core import clock
from muniment.core.health import HealthLine
from muniment.trust.federation import queries

WARNED: Final = timedelta(days=30)
DOMAINS: Final = "Domains of single sign-on"
EMERGENCIES: Final = "Sign-in for emergencies"


def certificates() -> Iterator[HealthLine]:
    """Tell how many services have a certificate that has ended or ends within a month."""
    now = clock.now()
    ending = queries.expiring(now + WARNED)
    over = sum(1 for _client, at in ending if at <= now)
    if over:
        sentence = f"The certificate of {over} of the services by which people sign in has ended: see Single sign-on."
        yield HealthLine("Single sign-on", "bad", sentence)
    elif ending:
        sentence = (
            f"The certificate of {len(ending)} of the services by which people sign in ends within 30 days: load their "
            "new metadata under Single sign-on."
        )
        yield HealthLine("Single sign-on", "notice", sentence)
    else:
        yield HealthLine("Single sign-on", "good", "No certificate of a service ends within 30 days.")


def domains() -> Iterator[HealthLine]:
    """Tell how many domains have a proof that is not found any more."""
    proved = [domain for _client, domain in queries.proved_domains()]
    lapsed = sum(domain.lapsed_at is not None for domain in proved)
    missed = sum(domain.missed_at is not None for domain in proved) - lapsed
    if lapsed:
        sentence = f"The proof of {lapsed} domains is gone for a week or more: nobody new comes in by their services."
        yield HealthLine(DOMAINS, "bad", sentence)
    elif missed:
        sentence = (
            f"The proof of {missed} domains was not found: put it back within a week, or nobody new comes in by their "
            "services."
        )
        yield HealthLine(DOMAINS, "notice", sentence)
    elif proved:
        yield HealthLine(DOMAINS, "good", "Every proof of a domain was there in the last night.")


def emergencies() -> Iterator[HealthLine]:
    """Tell whether nobody would come in to the firm while its only way in is down."""
    if queries.is_firm_enforced() and not queries.is_somebody_left():
        sentence = (
            "Single sign-on is the firm's only way in, and no administrator for emergencies has a password: were the "
            "service down, nobody could come in. Name one under People."
        )
        yield HealthLine(EMERGENCIES, "bad", sentence)

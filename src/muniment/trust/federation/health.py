"""Look at certificates that end soon, proofs of domains that are gone, and who comes in when a provider is down."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from muniment.core import clock
from muniment.core.health import HealthLine
from muniment.trust.federation import queries

WARNED: Final = timedelta(days=30)
DOMAINS: Final = noop("Domains of single sign-on")
EMERGENCIES: Final = noop("Sign-in for emergencies")


def certificates() -> Iterator[HealthLine]:
    """Tell how many services have a certificate that has ended or ends within a month."""
    now = clock.now()
    ending = queries.expiring(now + WARNED)
    over = sum(1 for _client, at in ending if at <= now)
    if over:
        sentence = _("The certificate of %(n)s of the services by which people sign in has ended.") % {"n": over}
        yield HealthLine("Single sign-on", "bad", sentence, _("Load their new metadata under Single sign-on."))
    elif ending:
        sentence = _("The certificate of %(n)s of the services by which people sign in ends within 30 days.") % {
            "n": len(ending)
        }
        yield HealthLine("Single sign-on", "notice", sentence, _("Load their new metadata under Single sign-on."))
    else:
        yield HealthLine("Single sign-on", "good", _("No certificate of a service ends within 30 days."))


def domains() -> Iterator[HealthLine]:
    """Tell how many domains have a proof that is not found any more."""
    proved = [domain for _client, domain in queries.proved_domains()]
    lapsed = sum(domain.lapsed_at is not None for domain in proved)
    missed = sum(domain.missed_at is not None for domain in proved) - lapsed
    if lapsed:
        sentence = _("The proof of %(n)s domains is gone for a week or more: nobody new comes in by their services.")
        yield HealthLine(DOMAINS, "bad", sentence % {"n": lapsed}, _("Put it back: Single sign-on says where."))
    elif missed:
        sentence = _("The proof of %(n)s domains was not found.") % {"n": missed}
        todo = _("Put it back within a week, or nobody new comes in by their services: Single sign-on says where.")
        yield HealthLine(DOMAINS, "notice", sentence, todo)
    elif proved:
        yield HealthLine(DOMAINS, "good", _("Every proof of a domain was there in the last night."))


def emergencies() -> Iterator[HealthLine]:
    """Tell whether nobody would come in to the firm while its only way in is down."""
    if queries.is_firm_enforced() and not queries.is_somebody_left():
        sentence = _(
            "Single sign-on is the firm's only way in, and no administrator for emergencies has a password: were the "
            "service down, nobody could come in."
        )
        yield HealthLine(EMERGENCIES, "bad", sentence, _("Name one under People."))

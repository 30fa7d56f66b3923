"""Forget what works no more."""

from datetime import timedelta
from typing import Final

from muniment.core import clock
from muniment.trust.identity.recovery.models import Recovery
from muniment.trust.identity.steps.models import SignInNotice

RECOVERY_KEPT: Final = timedelta(days=90)


def sweep() -> None:
    """Forget links of mails that ran out a day ago, and ways back in that ended or ran out 90 days ago."""
    now = clock.now()
    SignInNotice.objects.filter(expires_at__lte=now - timedelta(days=1)).delete()
    Recovery.objects.filter(expires_at__lte=now - RECOVERY_KEPT).delete()

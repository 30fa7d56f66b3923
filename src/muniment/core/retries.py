"""When background work that failed is tried again: soon a few times, and for days while something is down."""

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job

from muniment.core.errors import PortalError

UNAVAILABLE = 503
LONGEST_PAUSE_SECONDS = 600
OUTAGE_ATTEMPTS = 1000  # a week of pauses: whoever stops a key service for longer starts the work by hand


class UntilBack(BaseRetryStrategy):
    """Leaves a failure to `usual`, but waits for what is down (a refusal of status 503), so that no work is lost."""

    def __init__(self, usual: BaseRetryStrategy) -> None:
        """Take what decides about every other failure."""
        self._usual = usual

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Return when to try again, or None when the work has failed for good."""
        if not isinstance(exception, PortalError) or exception.status != UNAVAILABLE:
            return self._usual.get_retry_decision(exception=exception, job=job)
        if job.attempts >= OUTAGE_ATTEMPTS:
            return None
        return RetryDecision(retry_in={"seconds": min(15 * (job.attempts + 1), LONGEST_PAUSE_SECONDS)})

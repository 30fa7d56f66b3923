"""Look at reviews that are late."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from muniment.core.health import HealthLine
from muniment.trust.oversight.queries.health import review_counts


def reviews() -> Iterator[HealthLine]:
    """Tell how many reviews of access are open, and how many of them are late."""
    found = review_counts()
    if found.late:
        sentence = _("%(late)s of %(open)s open reviews are late, the oldest for %(days)s days.") % {
            "late": found.late,
            "open": found.open,
            "days": found.days,
        }
        todo = _("Reviews says whose they are, and who gave what is to be confirmed.")
        yield HealthLine("Reviews of access", "notice", sentence, todo)
    else:
        yield HealthLine("Reviews of access", "good", _("%(n)s are open, none is late.") % {"n": found.open})

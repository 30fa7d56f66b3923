"""Who opened our data: the log of one client and of all, looked through, drawn and taken along."""

from muniment.web.views.log.acts import ACTS
from muniment.web.views.log.everywhere import everywhere
from muniment.web.views.log.exports import export
from muniment.web.views.log.lines import by_day, described
from muniment.web.views.log.pages import entries, verify

__all__ = ["ACTS", "by_day", "described", "entries", "everywhere", "export", "verify"]

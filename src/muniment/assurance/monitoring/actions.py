"""Watch the portal: raise alarms, clear them, and tell people. Nobody's act, so nothing of it is in the log."""

from muniment.assurance.monitoring.updates import NoNotice, renew_notice
from muniment.assurance.monitoring.watching import watch

__all__ = ["NoNotice", "renew_notice", "watch"]

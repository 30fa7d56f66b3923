"""The verb about how long the log is kept."""

from muniment.trust.access.types import declare_permission

declare_permission("log-retention:set", "Set how long the log says who did what", administers=True)

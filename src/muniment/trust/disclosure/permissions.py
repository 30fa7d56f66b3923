"""The verb about letters that tell of a log."""

from muniment.trust.access.types import declare_permission

declare_permission("letters:set", "Choose which letters about the log are sent", administers=True)

"""The verbs about backups, drills and restorations."""

from muniment.trust.access.types import declare_permission

declare_permission("backup:read", "See backups, drills and how much could be lost", administers=True, fresh=False)
declare_permission("backup:run", "Make a backup, check the repository, start a drill", administers=True)
declare_permission("backup:restore", "Bring documents or a client back from a backup", administers=True)

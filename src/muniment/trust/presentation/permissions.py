"""The verbs about how the portal presents itself."""

from muniment.trust.access.types import declare_permission

declare_permission("presentation:set", "Set how the portal looks and speaks", administers=True)
declare_permission("terms:publish", "Publish the terms that people accept", administers=True)

"""The verbs about keys, holds and destruction."""

from muniment.trust.access.types import declare_permission

declare_permission("key:list", "See the portal's keys, their age and what they seal", administers=True, fresh=False)
declare_permission("key:turn", "Turn keys", administers=True)
declare_permission("key:destroy", "Destroy keys, together with a second person", administers=True)
declare_permission("hold:place", "Place and lift holds", administers=True)

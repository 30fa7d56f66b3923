"""The verbs about keys, holds and destruction."""

from muniment.trust.access.types import declare_permission

declare_permission("key:list", "See the portal's keys, their age and what they seal", administers=True, fresh=False)
declare_permission("key:turn", "Turn keys", administers=True)
declare_permission("key:destroy", "Destroy keys, together with a second person", administers=True)
declare_permission("recovery:list", "See the key backup and its recovery sheets", administers=True, fresh=False)
declare_permission("recovery:test", "Test the words of a recovery sheet", administers=True)
declare_permission("recovery:make", "Make a recovery sheet", administers=True)
declare_permission("hold:place", "Place and lift holds", administers=True)

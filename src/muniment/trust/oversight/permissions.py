"""The verbs about requests for access and reviews of it."""

from muniment.trust.access.types import declare_permission

declare_permission(
    "request:decide", "Decide, as the second person, who gets access that was asked for", administers=True
)
declare_permission("review:read", "See reviews of access and take their evidence along", administers=True, fresh=False)
declare_permission("review:decide", "Review access: confirm what is needed, remove what is not", administers=True)

"""The verbs of people, clients and the log, which belong to no app of the portal."""

from muniment.trust.access.types import declare_permission

declare_permission("client:open", "Open the space of a new client", administers=True)
declare_permission("client:list", "See which clients the firm has", administers=True)
declare_permission("person:list", "See who belongs to a client", administers=True)
declare_permission("person:invite", "Invite a person to a client", administers=True)
declare_permission("person:assign", "Let staff of the firm work for a client", administers=True)
declare_permission("person:end", "End a person's access to a client", administers=True)
declare_permission("mail:read", "Read the demo's mails", administers=True)
declare_permission("health:read", "See how the portal is: its worker, keys, stores, mails and log", administers=True)
declare_permission("log:read", "See who opened a client's data")

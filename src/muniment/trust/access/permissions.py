"""The verbs of people, clients and the log, which belong to no app of the portal."""

from muniment.trust.access.types import declare_permission

declare_permission("client:open", "Open the space of a new client", administers=True)
declare_permission("client:list", "See which clients the firm has", administers=True, fresh=False)
declare_permission("person:list", "See who belongs to a client", administers=True, fresh=False)
declare_permission("person:invite", "Invite a person to a client", administers=True)
declare_permission("person:assign", "Let staff of the firm work for a client", administers=True)
declare_permission("person:end", "End a person's access to a client", administers=True)
declare_permission("role:set", "Make, change and retire roles", administers=True)
declare_permission("group:set", "Make groups, and put people into them", administers=True)
declare_permission("manager-roles:set", "Decide which roles managers of a client may give", administers=True)
declare_permission("link:list", "See all links for people without an account", administers=True, fresh=False)
declare_permission("link:revoke", "End any link for people without an account", administers=True)
declare_permission("client:look", "Look at the portal as one of the client's people sees it", action="view")
declare_permission("access:explain", "See who may what in a client, and why", administers=True, fresh=False)
declare_permission(
    "conditions:read", "See when, where and how a client's things are open", administers=True, fresh=False
)
declare_permission("rule:set", "Ask for extra rules, and approve those of a colleague", administers=True)
declare_permission("network:set", "Name the networks that conditions speak of", administers=True)
declare_permission("conditions:set", "Set when, where and how a client's things are open", administers=True)
declare_permission("mail:read", "Read the demo's mails", administers=True, fresh=False)
declare_permission(
    "health:read", "See how the portal is: its worker, keys, stores, mails and log", administers=True, fresh=False
)
declare_permission("log:read", "See who opened a client's data", action="view")

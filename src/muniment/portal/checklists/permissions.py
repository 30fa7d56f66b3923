"""What can be done with checklists."""

from muniment.trust.access.types import declare_permission

declare_permission("checklist:view", "See what the firm asks for, and the answers", action="view", part="requests")
declare_permission("checklist:answer", "Answer what is asked for", action="edit", part="requests")
declare_permission("checklist:send", "Ask a client for things, assign them and remind", action="edit", part="requests")
declare_permission("checklist:decide", "Accept answers, or send them back", action="edit", part="requests")
declare_permission("checklist-template:set", "Make and change templates of checklists", action="edit")

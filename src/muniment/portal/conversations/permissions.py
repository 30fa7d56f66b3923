"""What can be done with threads."""

from muniment.trust.access.types import declare_permission

declare_permission("thread:view", "Read conversations", action="view", part="messages")
declare_permission("message:send", "Begin conversations, write, solve and reopen them", action="edit", part="messages")
declare_permission("thread:assign", "Say who of the firm answers", action="edit", part="messages")
declare_permission("note:read", "Read the firm's own notes beside conversations", action="view", part="messages")
declare_permission("note:write", "Write the firm's own notes beside conversations", action="edit", part="messages")
declare_permission("message-template:set", "Write templates of messages", administers=True)

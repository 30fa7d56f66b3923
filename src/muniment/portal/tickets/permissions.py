"""What can be done with tickets. A client without this part has none of it."""

from muniment.trust.access.types import declare_permission

declare_permission("ticket:view", "See what a client asks the firm for", action="view", part="tickets")
declare_permission(
    "ticket:ask", "Ask the firm for something, answer, and say whether it is settled", action="edit", part="tickets"
)
declare_permission(
    "ticket:work", "Work on what a client asks for: move, assign and date it", action="edit", part="tickets"
)
declare_permission("ticket:note", "Read and write the firm's notes about tickets", action="edit", part="tickets")
declare_permission("ticket:export", "Take the tickets of a client along as a file", action="download", part="tickets")
declare_permission("ticket-kind:set", "Decide which kinds of tickets there are", administers=True)

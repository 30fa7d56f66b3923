"""What can be done with projects."""

from muniment.trust.access.types import declare_permission

declare_permission("project:view", "Follow projects and their tasks", action="view", part="projects")
declare_permission("project:set", "Start projects, change them, their tasks and rules", action="edit", part="projects")
declare_permission(
    "task:move", "Begin tasks of one's own side, finish them, say that they are blocked", action="edit", part="projects"
)

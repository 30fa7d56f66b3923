"""Projects: stages and tasks that client and firm follow together."""

from functools import partial

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    """Projects, stages, tasks, rules."""

    name = "muniment.portal.projects"
    label = "projects"

    def ready(self) -> None:
        """Declare what can be done with projects, and what their tasks follow."""
        from muniment.core import following
        from muniment.portal.projects import permissions, subject  # noqa: F401 - importing declares them
        from muniment.portal.projects.actions.following import follow_later

        for kind in ("document", "checklist"):
            following.follow(kind, partial(follow_later, kind))
        subject.declare()

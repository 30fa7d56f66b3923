"""What clients ask the firm for."""

from django.apps import AppConfig

from muniment.core.db.walls import declare_global


class TicketsConfig(AppConfig):
    """Tickets, their kinds, and the firm's notes about them."""

    name = "muniment.portal.tickets"
    label = "tickets"

    def ready(self) -> None:
        """Declare what can be done with tickets, and the table of kinds, which is the same for every client."""
        from muniment.portal.tickets import permissions, talking  # noqa: F401 - importing declares them

        talking.declare()
        declare_global(
            "ticket_kind",
            why="the firm's words for sorts of work, the same for every client; its policy lets only the firm set them",
            rights="select, insert, update",
        )

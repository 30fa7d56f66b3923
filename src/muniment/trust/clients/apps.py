"""The walls between clients."""

from django.apps import AppConfig

from muniment.core.db.walls import declare_global


class ClientsConfig(AppConfig):
    """Clients, who belongs to them, and the policies that keep them apart."""

    name = "muniment.trust.clients"
    label = "clients"

    def ready(self) -> None:
        """Declare the one table that is itself the list of clients."""
        declare_global(
            "client",
            why="one row a client, ids and states only; its own policy shows the bound one, or all to the firm",
            rights="select, insert, update",
        )
        declare_global("binding_key", why="keys of bindings; no role that signs in for the portal may read them")

"""People whose organisation says who they are."""

from django.apps import AppConfig

from muniment.core.health import declare_health


class FederationConfig(AppConfig):
    """Sign-in through providers of the firm and of clients, and people kept in step with a directory."""

    name = "muniment.trust.federation"
    label = "federation"

    def ready(self) -> None:
        """Declare who sets providers, say how identity asks them, and that certificates which end are looked at."""
        from muniment.trust.federation import (
            actions,
            health,
            permissions,  # noqa: F401 - importing declares them
            queries,
        )
        from muniment.trust.federation.scim.health import tokens
        from muniment.trust.federation.views import confirming
        from muniment.trust.identity.actions import sign_in_elsewhere_with
        from muniment.trust.identity.queries import declare_way

        sign_in_elsewhere_with(queries.elsewhere, actions.forget_person)
        declare_way(confirming.offer)
        declare_health("access", "Single sign-on", health.certificates)
        declare_health("access", health.DOMAINS, health.domains)
        declare_health("access", health.EMERGENCIES, health.emergencies)
        declare_health("access", "Directories", tokens)

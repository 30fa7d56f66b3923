"""What happened, provably."""

from django.apps import AppConfig

from muniment.core import unit


class AuditConfig(AppConfig):
    """Makes every refusal leave an entry."""

    name = "muniment.trust.audit"
    label = "audit"

    def ready(self) -> None:
        """Follow the refusals of actions and reads."""
        from muniment.trust.audit import actions

        unit.record_refusals_with(actions.record_refusal)

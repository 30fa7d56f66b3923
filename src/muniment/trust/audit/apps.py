"""What happened, provably."""

from django.apps import AppConfig

from muniment.core import unit
from muniment.core.db.walls import declare_global, declare_sequenced


class AuditConfig(AppConfig):
    """Makes every refusal leave an entry, and declares whose the log's tables are."""

    name = "muniment.trust.audit"
    label = "audit"

    def ready(self) -> None:
        """Follow the refusals of actions and reads."""
        from muniment.trust.audit import actions

        declare_sequenced("entry", "client_tree", "client_tile", "client_head")
        for table in ("register_tree", "register_tile", "register_head"):
            declare_global(table, why="the register of heads: hashes under random pseudonyms", rights="select")
        unit.record_refusals_with(actions.record_refusal)

"""What happened, provably."""

from django.apps import AppConfig

from muniment.core import unit
from muniment.core.db.walls import declare_global, declare_sequenced
from muniment.core.health import declare_health


class AuditConfig(AppConfig):
    """Makes every refusal leave an entry, and declares whose the log's tables are."""

    name = "muniment.trust.audit"
    label = "audit"

    def ready(self) -> None:
        """Follow the refusals of actions and reads."""
        from muniment.trust.audit import actions
        from muniment.trust.audit.confirming import health
        from muniment.trust.audit.proving.health import log_lines

        declare_sequenced("entry", "client_tree", "client_tile", "client_head")
        for table in ("register_tree", "register_tile", "register_head"):
            declare_global(table, why="the register of heads: hashes under random pseudonyms", rights="select")
        for table in ("cosignature", "time_stamp"):
            declare_global(
                table, why="what others confirm of the register", rights="select", job_rights="select, insert"
            )
        declare_global(
            "confirmer", why="how it went with witnesses", rights="select", job_rights="select, insert, update"
        )
        declare_global("log_rehash", why="what re-hashing found", rights="select", job_rights="select, insert")
        declare_health("log", "numbers", log_lines)
        declare_health("log", "witnesses", health.witness_lines)
        declare_health("log", "time stamps", health.time_stamp_lines)
        unit.record_refusals_with(actions.record_refusal)

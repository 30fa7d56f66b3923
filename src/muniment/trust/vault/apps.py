"""Sealed bytes, sealed fields and the keys to them."""

from django.apps import AppConfig

from muniment.core import ids
from muniment.core.db.walls import declare_global
from muniment.core.health import declare_health


class VaultConfig(AppConfig):
    """Opens the keyring when it is first needed; a missing or wrong key is an error, never "no seal"."""

    name = "muniment.trust.vault"
    label = "vault"

    def ready(self) -> None:
        """Give the public ids their key, and declare the installation's own tables and what is looked at."""
        from muniment.trust.vault import health, queries

        declare_health("keys", "Root key", health.root_key)
        declare_health("keys", "Locked memory", health.memory)
        declare_health("documents", "Stores", health.stores)
        declare_health("documents", "Virus scanner", health.scanner)
        ids.use_key(lambda: queries.installation_key("public-ids"))
        declare_global(
            "installation_key",
            why="keys of the installation itself (people, public ids, signatures, log), each wrapped by the root key",
            rights="select, insert",
            job_rights="select, insert, update",
        )
        declare_global(
            "person_key",
            why="keys of people, who belong to several clients, each wrapped by the people key",
            rights="select, insert",
            job_rights="select, insert, update",
        )
        declare_global(
            "turning",
            why="which rotation of keys is how far: ids, counts and times",
            rights="select, insert",
            job_rights="select, insert, update",
        )

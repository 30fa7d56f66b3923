"""What is in force in a client at a moment: its profile, the named networks and the extra rules."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache
from importlib import resources
from uuid import UUID

from muniment.trust.access.conditions.rules import Rule
from muniment.trust.access.conditions.types import Network, Profile

HASH_LETTERS = 16


@dataclass(frozen=True, eq=False)
class Current:
    """Everything that decides whether what was granted is open; two that say the same are the same.

    The built-in default has version 0 and was set by nobody. `rules` are the extra ones, by their public ids.
    """

    profile: Profile = field(default_factory=Profile)
    networks: tuple[Network, ...] = ()
    rules: tuple[tuple[str, Rule], ...] = ()
    version: int = 0
    set_by: UUID | None = None
    set_at: datetime | None = None

    @cached_property
    def hash(self) -> str:
        """Which conditions these are, in 16 hexadecimal letters: what every entry of the log carries."""
        said = {
            "conditions": built_in_digest(),
            "profile": self.profile.digest,
            "networks": sorted((one.name, sorted(one.cidrs), one.is_blocked) for one in self.networks),
            "rules": sorted((name, rule.to_json()) for name, rule in self.rules),
        }
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:HASH_LETTERS]

    @property
    def names_roles(self) -> bool:
        """Whether a rule speaks of roles: only then are a person's looked up."""
        return any(rule.roles for _, rule in self.rules)

    def __eq__(self, other: object) -> bool:
        """Compare what is said, not who said it."""
        return isinstance(other, Current) and other.hash == self.hash

    def __hash__(self) -> int:
        """Hash what is said."""
        return hash(self.hash)


def read_text(name: str) -> str:
    """Return a file that lies beside this module: the policies, or their schema."""
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def built_in_digest() -> str:
    """Return the SHA-256 of the built-in conditions and their schema, in hexadecimal."""
    return hashlib.sha256((read_text("policies.cedar") + read_text("schema.cedarschema")).encode()).hexdigest()

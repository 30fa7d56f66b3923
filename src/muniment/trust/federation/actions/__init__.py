"""What is done about providers, domains and the people who come by them."""

from muniment.trust.federation.actions.domains import SPARED, add_domain, miss_domain, prove_domain, remove_domain
from muniment.trust.federation.actions.entering import (
    SIGNED_IN_BY,
    Entered,
    end_by_provider,
    enter,
    forget_person,
    note_tried,
    unlink_person,
)
from muniment.trust.federation.actions.providers import (
    add_provider,
    change_provider,
    remove_provider,
    switch_provider,
)

__all__ = [
    "SIGNED_IN_BY",
    "SPARED",
    "Entered",
    "add_domain",
    "add_provider",
    "change_provider",
    "end_by_provider",
    "enter",
    "forget_person",
    "miss_domain",
    "note_tried",
    "prove_domain",
    "remove_domain",
    "remove_provider",
    "switch_provider",
    "unlink_person",
]

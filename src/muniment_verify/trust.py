"""What the person who checks believes in: keys that came on paper or in a contract, never out of the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from muniment_verify.errors import Unreadable
from muniment_verify.notes import LOG_KEY, WITNESS_KEY, Key, parse_vkey

REGISTER = "muniment-register/"
TOLERANCE_SECONDS = 600


@dataclass(frozen=True)
class Trust:
    """The given keys and how much is asked for.

    `quorum` is the number of witnesses that must have signed; 0 without witnesses. `authorities` are the
    certificates (DER) of time-stamping authorities. `tolerance_seconds` is how far clocks may disagree.
    """

    log_keys: tuple[Key, ...]
    register_keys: tuple[Key, ...] = ()
    witnesses: tuple[Key, ...] = ()
    quorum: int = 0
    authorities: tuple[bytes, ...] = ()
    tolerance_seconds: int = TOLERANCE_SECONDS

    def keys_of_register(self, origin: str) -> tuple[Key, ...]:
        """Return the keys that may sign the register: the given ones, or else the log's under that name."""
        if self.register_keys or not origin.startswith(REGISTER):
            return self.register_keys
        return tuple(key.named(origin) for key in self.log_keys)

    def with_authorities(self, authorities: tuple[bytes, ...]) -> Trust:
        """Return the same trust with these certificates."""
        return replace(self, authorities=authorities)


def trusting(
    log_keys: Sequence[str],
    register_keys: Sequence[str] = (),
    witnesses: Sequence[str] = (),
    quorum: int | None = None,
    tolerance_seconds: int = TOLERANCE_SECONDS,
) -> Trust:
    """Return the trust that somebody wrote down; without a quorum, more than half of the witnesses must have signed.

    Raises:
        Unreadable: a key is not one, is of the wrong type or given twice, or the quorum cannot be.
    """
    logs, registers = _keys(log_keys, LOG_KEY), _keys(register_keys, LOG_KEY)
    if not logs:
        raise Unreadable("Give the key of the log: it is on paper or in your contract, and never in the file itself.")
    watching = _keys(witnesses, WITNESS_KEY)
    of_the_log = {key.public for key in (*logs, *registers)}
    if any(key.public in of_the_log for key in watching):
        raise Unreadable("A key that you gave for a witness is the log's own key: a log cannot be its own witness.")
    if len({key.public for key in watching}) != len(watching):
        raise Unreadable("Two of the witnesses that you gave have the same key: they are one witness.")
    if tolerance_seconds < 0:
        raise Unreadable("The tolerance cannot be below zero seconds.")
    return Trust(logs, registers, watching, _quorum(quorum, len(watching)), tolerance_seconds=tolerance_seconds)


def _keys(vkeys: Sequence[str], kind: int) -> tuple[Key, ...]:
    keys = tuple(parse_vkey(vkey) for vkey in vkeys)
    for key in keys:
        if key.kind != kind:
            right, wrong = ("log", "witness") if kind == LOG_KEY else ("witness", "log")
            raise Unreadable(f"The key of {key.name} is the key of a {wrong}, where a {right}'s is wanted.")
    if len(set(keys)) != len(keys):
        raise Unreadable("You gave the same key twice.")
    return keys


def _quorum(wanted: int | None, witnesses: int) -> int:
    if wanted is None:
        return witnesses // 2 + 1 if witnesses else 0
    if wanted < 1:
        raise Unreadable(f"A quorum of {wanted} asks for nothing: leave it out, or ask for one witness or more.")
    if wanted > witnesses:
        raise Unreadable(f"You ask for {wanted} witnesses and gave the keys of {witnesses}.")
    return wanted

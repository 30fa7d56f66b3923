"""A log of our own to be witnessed: signs any tree it is given, also one it should not."""

from collections.abc import Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from muniment_verify import notes
from muniment_verify.encoding import to_base64
from muniment_verify.merkle import EMPTY_ROOT, leaf_hash, node_hash

ORIGIN = "muniment-register/" + "a" * 26


class Log:
    """Leaves, and a key to sign heads with."""

    def __init__(self, leaves: int = 0, *, origin: str = ORIGIN, name: str | None = None) -> None:
        self.origin = origin
        self.private = Ed25519PrivateKey.generate()
        self.key = notes.Key(name or origin, notes.LOG_KEY, self.private.public_key().public_bytes_raw())
        self.leaves = [leaf_hash(f"leaf {number}".encode()) for number in range(leaves)]

    def grow(self, *words: str) -> None:
        self.leaves += [leaf_hash(word.encode()) for word in words]

    def fork(self, keep: int, *words: str) -> "Log":
        """Return the same log, with another history from leaf `keep` on."""
        other = Log(origin=self.origin)
        other.private, other.key = self.private, self.key
        other.leaves = self.leaves[:keep]
        other.grow(*words)
        return other

    def note(self, size: int | None = None) -> str:
        size = len(self.leaves) if size is None else size
        text = notes.checkpoint_text(self.origin, size, root(self.leaves[:size]))
        return notes.format_note(text, [self.line(text)])

    def line(self, text: str) -> str:
        return notes.format_signature(self.key.name, self.key.id, self.private.sign(text.encode()))

    def submission(self, old: int, size: int | None = None, *, proof: Sequence[bytes] | None = None) -> bytes:
        size = len(self.leaves) if size is None else size
        hashes = consistency(self.leaves[:size], old) if proof is None else proof
        return "".join([f"old {old}\n", *(to_base64(one) + "\n" for one in hashes), "\n", self.note(size)]).encode()


def root(leaves: Sequence[bytes]) -> bytes:
    """Return the root as RFC 9162, section 2.1.1, defines it."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return node_hash(root(leaves[:split]), root(leaves[split:]))


def consistency(leaves: Sequence[bytes], old: int) -> list[bytes]:
    """Return the proof of RFC 9162, section 2.1.4.1."""
    return [] if old in {0, len(leaves)} or old > len(leaves) else _subproof(leaves, old, is_whole=True)


def _subproof(leaves: Sequence[bytes], old: int, *, is_whole: bool) -> list[bytes]:
    if old == len(leaves):
        return [] if is_whole else [root(leaves)]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if old <= split:
        return [*_subproof(leaves[:split], old, is_whole=is_whole), root(leaves[split:])]
    return [*_subproof(leaves[split:], old - split, is_whole=False), root(leaves[:split])]


def cosigned(note: str, line: str, vkey: str) -> notes.Signer:
    """Return who cosigned a checkpoint and when, verified."""
    (signer,) = notes.verify_note(notes.parse_note(note + line), [notes.parse_vkey(vkey)])
    return signer

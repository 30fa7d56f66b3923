"""What the root key's file looks like: JSON with the keys as they are, or each sealed under the passphrase's key."""

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from muniment.trust.vault.errors import KeyRefused
from muniment.trust.vault.keyring.passphrase import Cost
from muniment.trust.vault.keys import wrapping

PLAIN = "root-key/v1"
SEALED = "root-key/v2"
ID_BYTES = 8


@dataclass(frozen=True, slots=True, repr=False)
class RootKey:
    """One root key as it is read or written."""

    id: bytes
    created_at: datetime
    key: bytes


class Malformed(Exception):
    """The content is not that of a root key's file; no word of it is repeated."""


class WrongPassphrase(Exception):
    """The file wants another passphrase, or has none although one was given."""


def render(keys: list[RootKey], passphrase: bytes | None) -> bytes:
    """Return the content of a file that holds `keys`, the first of which is the current one."""
    cost = None if passphrase is None else Cost.new()
    sealing = cost.key(passphrase) if cost is not None and passphrase is not None else None
    document: dict[str, Any] = {"muniment": SEALED if sealing else PLAIN, "current": keys[0].id.hex()}
    if cost is not None:
        document["passphrase"] = cost.document()
    document["keys"] = [
        {
            "id": key.id.hex(),
            "created_at": key.created_at.isoformat(),
            "key": _text(wrapping.wrap(sealing, key.key, _context(key.id)) if sealing else key.key),
        }
        for key in keys
    ]
    return json.dumps(document, indent=2).encode() + b"\n"


def parse(content: bytes, passphrase: bytes | None) -> list[RootKey]:
    """Return the keys of a file, the current one first.

    Raises:
        Malformed: it is no such file.
        WrongPassphrase: it needs a passphrase, another one, or none.
    """
    try:
        document = json.loads(content)
        is_sealed = document["muniment"] == SEALED
        if not is_sealed and document["muniment"] != PLAIN:
            raise Malformed("it is not a keyring of this version")
        if set(document) != {"muniment", "current", "keys"} | ({"passphrase"} if is_sealed else set()):
            raise Malformed("it holds more or less than a keyring")
        sealing = _sealing_key(document, passphrase) if is_sealed else None
        keys = [_parse_key(entry, sealing) for entry in document["keys"]]
        current = bytes.fromhex(document["current"])
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Malformed("it cannot be read") from error
    if not is_sealed and passphrase is not None:
        raise WrongPassphrase("has no passphrase, although one is set: seal it with `muniment keyring protect`")
    if len({key.id for key in keys}) != len(keys) or current not in {key.id for key in keys}:
        raise Malformed("it names a key twice, or a current key that it does not hold")
    return sorted(keys, key=lambda key: key.id != current)


def _sealing_key(document: dict[str, Any], passphrase: bytes | None) -> bytes:
    cost = Cost.parse(document["passphrase"])
    if passphrase is None:
        raise WrongPassphrase("has a passphrase, and the setting keyring_passphrase does not say where it comes from")
    return cost.key(passphrase)


def _parse_key(entry: Any, sealing: bytes | None) -> RootKey:
    root_id, key = bytes.fromhex(entry["id"]), base64.b64decode(entry["key"], validate=True)
    if sealing is not None:
        try:
            key = wrapping.unwrap(sealing, key, _context(root_id))
        except KeyRefused as error:
            raise WrongPassphrase("does not open with this passphrase, or was changed") from error
    if len(root_id) != ID_BYTES or len(key) != wrapping.KEY_BYTES:
        raise ValueError("a key or its id has the wrong size")
    return RootKey(root_id, datetime.fromisoformat(entry["created_at"]), key)


def _context(root_id: bytes) -> bytes:
    return b"root-key-file/v2/" + root_id


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()

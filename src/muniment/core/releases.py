"""Whether files and notices are of those who release Muniment: Ed25519, checked with the key in this package.

A build without that key, which every build from a checkout is, trusts nobody: everything is refused with a sentence.
"""

import base64
import binascii
import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

KEY_FILE: Final = "release.pub"  # in this package: 32 bytes in base64, on one line
MANIFEST: Final = "muniment-release-1"
NOTICE: Final = "muniment-notice-1"
LARGEST_BYTES: Final = 65536
FRESH: Final = timedelta(days=45)
AHEAD: Final = timedelta(days=1)
_VERSION: Final = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6}){1,3}")


class NotReleased(Exception):
    """What was looked at is not signed by those who release Muniment, or not what they signed; the message says why."""


@dataclass(frozen=True)
class Release:
    """What a manifest says: the version, and each file's name, SHA-256 (64 hex digits) and size in bytes."""

    version: str
    files: dict[str, tuple[str, int]]


@dataclass(frozen=True)
class Notice:
    """The newest version; versions before `safe_from` have a known hole; where to read about it; when it was signed."""

    version: str
    safe_from: str
    link: str
    issued_at: datetime


def release_key() -> bytes | None:
    """Return the public key of those who release Muniment (32 bytes); None where this build has none."""
    found = resources.files("muniment.core").joinpath(KEY_FILE)
    try:
        return public_key(found.read_text(encoding="ascii"))
    except OSError:
        return None


def public_key(text: str) -> bytes:
    """Return the 32 bytes of a public key as it is written in `release.pub`.

    Raises:
        NotReleased: it is none.
    """
    key = _decoded(text.strip())
    if len(key) != 32:  # noqa: PLR2004 - RFC 8032
        raise NotReleased("The release key in this package is not one.")
    return key


def signed_bytes(kind: str, content: bytes) -> bytes:
    """Return what is signed: the kind of the content stands in front, so that no other kind passes for it."""
    return kind.encode() + b"\n" + content


def read_manifest(content: bytes, signature: str, key: bytes | None) -> Release:
    """Return what a signed manifest says.

    Raises:
        NotReleased: the signature is not one by `key`, or there is no key to check it with.
    """
    said = _verified(MANIFEST, content, signature, key)
    try:
        files = {str(one["name"]): (str(one["sha256"]), int(one["size_bytes"])) for one in said["files"]}
        return Release(_version(said["version"]), files)
    except (KeyError, TypeError, ValueError) as error:
        raise NotReleased("The manifest is signed, and this version does not understand it.") from error


def check_file(release: Release, path: Path) -> None:
    """Look whether a file is what was released.

    Raises:
        NotReleased: it is not in the manifest, or other bytes.
    """
    expected = release.files.get(path.name)
    if expected is None:
        raise NotReleased(f"{path.name} is not a file of this release.")
    digest = hashlib.sha256()
    size = 0
    try:
        with path.open("rb") as file:
            while block := file.read(2**20):
                digest.update(block)
                size += len(block)
    except OSError as error:
        raise NotReleased(f"{path} cannot be read: {error.strerror}.") from error
    if (digest.hexdigest(), size) != expected:
        raise NotReleased(f"{path.name} is not what was released: its bytes are others.")


def read_notice(envelope: bytes, key: bytes | None, *, now: datetime) -> Notice:
    """Return what a signed notice says: JSON with `notice`, itself JSON as text, and `signature` over that text.

    Raises:
        NotReleased: it is not signed by `key`, is older than 45 days, or of the future.
    """
    try:
        told = json.loads(envelope)
        content, signature = str(told["notice"]).encode(), str(told["signature"])
    except (ValueError, KeyError, TypeError) as error:
        raise NotReleased("The notice is not one.") from error
    said = _verified(NOTICE, content, signature, key)
    try:
        found = Notice(
            _version(said["version"]),
            _version(said["safe_from"]),
            _link(said["link"]),
            datetime.fromisoformat(said["issued_at"]),
        )
        is_fresh = now - FRESH <= found.issued_at <= now + AHEAD
    except (KeyError, TypeError, ValueError) as error:
        raise NotReleased("The notice is signed, and this version does not understand it.") from error
    if not is_fresh:
        raise NotReleased("The notice is too old, or of the future: it says nothing about today.")
    return found


def number(version: str) -> tuple[int, ...]:
    """Return a version as numbers that can be compared: 0.10.1 is newer than 0.9."""
    return tuple(int(part) for part in re.findall(r"\d+", version.partition("+")[0]))


def _verified(kind: str, content: bytes, signature: str, key: bytes | None) -> dict[str, Any]:
    if key is None:
        raise NotReleased(
            "This build holds no release key, as one from a checkout does not, so nothing can be checked with it. Use "
            "the muniment of a release that you trust already."
        )
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(_decoded(signature.strip()), signed_bytes(kind, content))
        said = json.loads(content)
    except InvalidSignature as error:
        raise NotReleased("The signature is not by those who release Muniment.") from error
    except ValueError as error:
        raise NotReleased("What is signed cannot be read.") from error
    if not isinstance(said, dict) or said.get("format") != kind:
        raise NotReleased("What is signed is something else.")
    return said


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NotReleased("A key or signature is not written as one.") from error


def _version(text: object) -> str:
    if not isinstance(text, str) or _VERSION.fullmatch(text) is None:
        raise ValueError(text)
    return text


def _link(text: object) -> str:
    if not isinstance(text, str) or re.fullmatch(r"https://[!-~]{1,300}", text) is None:
        raise ValueError(text)
    return text

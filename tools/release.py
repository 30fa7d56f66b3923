"""Build a release: wheel and source archive, the same bytes from the same commit, and a signed manifest of them.

    python -m tools.release keys DIRECTORY      a new key pair: release.key (keep it off this machine), release.pub
    python -m tools.release build --key FILE [--into dist]
    python -m tools.release notice --key FILE --version V --safe-from V --link URL > notice.json

What is signed counts only where src/muniment/core/release.pub holds the public half: no other key builds a release.
"""

import argparse
import base64
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from muniment.core import releases

ROOT = Path(__file__).parents[1]
GIT = shutil.which("git") or "git"
PUBLIC = Path("src/muniment/core") / releases.KEY_FILE


def keys(into: Path) -> None:
    """Make a key pair; nothing that is there is written over."""
    made = Ed25519PrivateKey.generate()
    into.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(into / "release.key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (into / releases.KEY_FILE).write_text(base64.b64encode(_public(made)).decode() + "\n", encoding="ascii")


def build(root: Path, key: Path, into: Path) -> None:
    """Build what is committed in `root`, and sign it."""
    signer = _signer(key)
    with tempfile.TemporaryDirectory() as name:
        tree = Path(name) / "tree"
        _export(root, tree)
        _require_key(tree, signer)
        version = tomllib.loads((tree / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
        moment = _git(root, "log", "-1", "--format=%ct").decode().strip()
        made = Path(name) / "made"
        line = [sys.executable, "-m", "hatchling", "build", "-d", str(made)]
        subprocess.run(line, cwd=tree, env={**os.environ, "SOURCE_DATE_EPOCH": moment}, check=True, stdout=sys.stderr)
        into.mkdir(parents=True, exist_ok=True)
        for path in made.iterdir():
            (into / path.name).write_bytes(path.read_bytes())
        _sign_manifest(signer, version, [into / path.name for path in sorted(made.iterdir())], into)


def notice(key: Path, version: str, safe_from: str, link: str, *, issued_at: datetime | None = None) -> str:
    """Return a signed notice about the newest version, as MUNIMENT_UPDATES_URL answers it; issued now by default."""
    said = {
        "format": releases.NOTICE,
        "version": version,
        "safe_from": safe_from,
        "link": link,
        "issued_at": (issued_at or datetime.now(UTC)).isoformat(timespec="seconds"),
    }
    content = json.dumps(said)
    return json.dumps({"notice": content, "signature": _signature(_signer(key), releases.NOTICE, content.encode())})


def _sign_manifest(signer: Ed25519PrivateKey, version: str, files: list[Path], into: Path) -> None:
    said = {
        "format": releases.MANIFEST,
        "version": version,
        "files": [
            {
                "name": path.name,
                "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
                "size_bytes": path.stat().st_size,
            }
            for path in files
        ],
    }
    content = (json.dumps(said, indent=1) + "\n").encode()
    (into / "manifest.json").write_bytes(content)
    signature = _signature(signer, releases.MANIFEST, content)
    (into / "manifest.json.sig").write_text(signature + "\n", encoding="ascii")


def _require_key(tree: Path, signer: Ed25519PrivateKey) -> None:
    """Refuse a key that is not the one in the package: what it signed would be refused everywhere."""
    try:
        expected = releases.public_key((tree / PUBLIC).read_text(encoding="ascii"))
    except (OSError, releases.NotReleased):
        sys.exit(f"{PUBLIC} holds no release key, so nothing can be released from this commit.")
    if expected != _public(signer):
        sys.exit(f"This key is not the one that {PUBLIC} holds the public half of.")


def _export(root: Path, tree: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(_git(root, "archive", "HEAD"))) as archive:
        archive.extractall(tree, filter="data")


def _git(root: Path, *words: str) -> bytes:
    return subprocess.run([GIT, "-C", str(root), *words], check=True, capture_output=True).stdout


def _signer(key: Path) -> Ed25519PrivateKey:
    found = load_pem_private_key(key.read_bytes(), password=None)
    if not isinstance(found, Ed25519PrivateKey):
        sys.exit(f"{key} is no Ed25519 key.")
    return found


def _public(signer: Ed25519PrivateKey) -> bytes:
    return signer.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def _signature(signer: Ed25519PrivateKey, kind: str, content: bytes) -> str:
    return base64.b64encode(signer.sign(releases.signed_bytes(kind, content))).decode()


def main() -> None:
    """Do what the command line names."""
    parser = argparse.ArgumentParser(description="Build and sign releases.")
    tasks = parser.add_subparsers(dest="task", required=True)
    tasks.add_parser("keys").add_argument("into", type=Path)
    building = tasks.add_parser("build")
    building.add_argument("--root", type=Path, default=ROOT)
    building.add_argument("--key", type=Path, required=True)
    building.add_argument("--into", type=Path, default=ROOT / "dist")
    noticing = tasks.add_parser("notice")
    noticing.add_argument("--key", type=Path, required=True)
    for name in ("version", "safe-from", "link"):
        noticing.add_argument(f"--{name}", required=True)
    told = parser.parse_args()
    if told.task == "keys":
        keys(told.into)
    elif told.task == "build":
        build(told.root, told.key, told.into)
    else:
        print(notice(told.key, told.version, told.safe_from, told.link))


if __name__ == "__main__":
    main()

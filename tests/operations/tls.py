"""Handshakes of every kind, tried with openssl, which can still do what servers must refuse."""

import re
import subprocess
from pathlib import Path

VERSIONS = {"TLSv1": "-tls1", "TLSv1.1": "-tls1_1", "TLSv1.2": "-tls1_2", "TLSv1.3": "-tls1_3"}
WEAK = "ALL:COMPLEMENTOFALL:@SECLEVEL=0"  # what openssl would no longer offer by itself


def handshake(port: int, version: str, *, suite: str = "", authority: Path | None = None) -> str | None:
    """Return the suite agreed on with the server on `port`, or None where there was no agreement."""
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-servername", "localhost", VERSIONS[version]]
    if version == "TLSv1.3":
        command += ["-ciphersuites", suite] if suite else []
    else:
        command += ["-cipher", f"{suite or WEAK}:@SECLEVEL=0"]
    if authority is not None:
        command += ["-CAfile", str(authority), "-verify_hostname", "localhost", "-verify_return_error"]
    done = subprocess.run(command, input=b"", capture_output=True, timeout=20, check=False)
    found = re.search(rb"^\s*Cipher\s*: (\S+)$|, Cipher is (\S+)$", done.stdout, re.MULTILINE)
    name = next((part.decode() for part in found.groups() if part), "") if found else ""
    return name if done.returncode == 0 and name not in {"", "0000", "(NONE)"} else None


def suites() -> dict[str, tuple[str, int]]:
    """Return every suite openssl knows with its version and the bits of its key, those without encryption included."""
    listed = subprocess.run(
        ["openssl", "ciphers", "-v", "ALL:COMPLEMENTOFALL:@SECLEVEL=0"], capture_output=True, text=True, check=True
    ).stdout
    found = {}
    for line in listed.splitlines():
        name, version, *_ = line.split()
        bits = re.search(r"Enc=\w+(?:/\w+)?\((\d+)\)", line)
        found[name] = (version, int(bits[1]) if bits else 0)
    return found

"""Look at what the vault rests on: the key service, locked memory, the stores, the virus scanner."""

import os
from collections.abc import Iterator

from muniment.core import config, ids
from muniment.core.health import HealthLine
from muniment.trust.vault import queries
from muniment.trust.vault.errors import KeyServiceDown, StoreDown, StoreRefuses
from muniment.trust.vault.vetting import verdicts
from muniment.trust.vault.vetting.clamd import ScannerDown


def root_key() -> Iterator[HealthLine]:
    """Ask the keyring for the root key, which every other key is wrapped with."""
    try:
        queries.keyring().facts()
    except KeyServiceDown:
        yield HealthLine(
            "Root key",
            "bad",
            f"The key service does not answer. What was opened before stays open for {queries.keep_seconds():.0f} "
            "seconds; then nothing opens until it is back.",
        )
        return
    yield HealthLine("Root key", "good", "The root key can be used.")


def memory() -> Iterator[HealthLine]:
    """Tell whether opened keys stay out of the swap."""
    if queries.can_lock_memory():
        yield HealthLine("Locked memory", "good", "Opened keys are never written to the swap.")
        return
    yield HealthLine(
        "Locked memory",
        "notice",
        "This system does not let the portal lock memory, so opened keys could be written to its swap. Allow it "
        "(LimitMEMLOCK= of the service), or encrypt or switch off the swap.",
    )


def stores() -> Iterator[HealthLine]:
    """Ask each store whether it is there."""
    for name in queries.store_names():
        yield _disk() if name == "disk" else _s3()


def _disk() -> HealthLine:
    folder = config.current().data / "store"
    place = folder if folder.exists() else folder.parent  # it is made with the first document
    if not os.access(place, os.W_OK | os.X_OK):
        return HealthLine("Store on the disk", "bad", "Nothing can be written there: uploads are refused.")
    return HealthLine("Store on the disk", "good", "Documents can be written and read.")


def _s3() -> HealthLine:
    present = config.current()
    if "{client}" in (present.s3_bucket or ""):
        return HealthLine("S3 store", "good", "Each client has a bucket of its own, which is asked when it is used.")
    try:
        region = queries.store("s3").region(ids.new())
    except StoreRefuses:
        return HealthLine("S3 store", "bad", "The S3 server refuses; logs hold its reason.")
    except StoreDown:
        return HealthLine("S3 store", "bad", "The S3 server does not answer: documents neither open nor arrive.")
    if region != present.s3_region:
        return HealthLine("S3 store", "bad", f"The bucket lies in {region}, the settings say {present.s3_region}.")
    return HealthLine("S3 store", "good", f"The S3 server answers; the bucket lies in {region}.")


def scanner() -> Iterator[HealthLine]:
    """Ask the virus scanner who it is, and let it find the harmless test file."""
    clamd = verdicts.scanner()
    if clamd is None:
        yield HealthLine(
            "Virus scanner", "notice", "None is set (MUNIMENT_SCANNER); uploads pass the portal's own checks alone."
        )
        return
    try:
        version, found = clamd.version(), clamd.finds_test_file()
    except ScannerDown:
        yield HealthLine(
            "Virus scanner", "bad", "It does not answer. Until it does, uploads are held; nothing is lost."
        )
        return
    if not found:
        yield HealthLine(
            "Virus scanner", "bad", f"{version} does not find the EICAR test file: signatures are missing."
        )
        return
    yield HealthLine("Virus scanner", "good", f"{version} answers, and finds the EICAR test file.")

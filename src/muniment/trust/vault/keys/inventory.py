"""What keys there are, how old they are, what they seal, and when each should turn.

Cryptoperiods are the originator-usage periods of NIST SP 800-57 Part 1, revision 5, section 5.3.6 and table 1: how
long a key may go on sealing. Older versions go on opening.
"""

import base64
from datetime import datetime
from uuid import UUID

from django.db import connection

from muniment.trust.vault import queries
from muniment.trust.vault.keys import signing
from muniment.trust.vault.models import InstallationKey, PersonKey, Turning
from muniment.trust.vault.types import KeyFacts, TurningFacts

ROOT_DAYS = 730  # a symmetric key that wraps keys: at most two years
PEOPLE_DAYS = 365  # a key from which others are derived: about one year
CLIENT_DAYS = 730  # a symmetric key that wraps and encrypts: at most two years
SIGNING_DAYS = 1095  # a private key that signs: one to three years
GCM = "AES-256-GCM"


# purpose, name, algorithm, days it may seal, what it seals
_INSTALLATION = (
    ("people", "people key", f"{GCM}, AES-256-SIV", PEOPLE_DAYS, "A key each of people, addresses, invitations"),
    ("signing", "signing key", "Ed25519", SIGNING_DAYS, "Signs certificates of destruction"),
    ("log", "log key", "Ed25519", SIGNING_DAYS, "Signs the heads of every log, and promises of receipts"),
    ("public-ids", "key of public references", "AES-256, one block", None, "Turns ids into references in addresses"),
)


def key_facts() -> list[KeyFacts]:
    """Return every kind of key with the version that seals now: its age, its period and what it is for."""
    return [_root(), _of_clients(), *_of_installation()]


def _root() -> KeyFacts:
    found = queries.keyring().facts()
    current = next((fact for fact in found if fact.is_current), None)
    return KeyFacts(
        what="root",
        name="root key",
        algorithm=f"{current.algorithm} ({current.adapter})" if current else "",
        version=len(found),
        turned_at=current.created_at if current else None,
        period_days=ROOT_DAYS,
        seals="The keys of clients and of the installation",
        count=_client_keys()[0] + InstallationKey.objects.count(),
    )


def _of_clients() -> KeyFacts:
    count, oldest, versions = _client_keys()
    return KeyFacts(
        what="clients",
        name="keys of clients",
        algorithm=GCM,
        version=versions,
        turned_at=oldest,
        period_days=CLIENT_DAYS,
        seals="Each client's documents (by a key each), names, texts and log",
        count=count,
    )


def _of_installation() -> list[KeyFacts]:
    newest = {row.purpose: row for row in InstallationKey.objects.order_by("version")}
    people = PersonKey.objects.filter(destroyed_at=None).count()
    return [
        KeyFacts(
            what=purpose,
            name=name,
            algorithm=algorithm,
            version=newest[purpose].version if purpose in newest else 0,
            turned_at=newest[purpose].created_at if purpose in newest else None,
            period_days=days,
            seals=seals,
            count=people if purpose == "people" else None,
        )
        for purpose, name, algorithm, days, seals in _INSTALLATION
    ]


def turnings(most: int = 20) -> list[TurningFacts]:
    """Return the rotations, the one under way and the newest of those that are over."""
    return [
        TurningFacts(
            id=row.id,
            what=row.what,
            subject_id=row.subject_id,
            reencrypts=row.reencrypts,
            begun_at=row.begun_at,
            step=row.step,
            clients_done=row.clients_done,
            clients_total=row.clients_total,
            keys_wrapped=row.keys_wrapped,
            values_sealed=row.values_sealed,
            bytes_sealed=row.bytes_sealed,
            worked_at=row.worked_at,
            trouble=row.trouble,
            finished_at=row.finished_at,
        )
        for row in Turning.objects.order_by("-id")[:most]
    ]


def running_turning() -> UUID | None:
    """Return the rotation that is under way."""
    return Turning.objects.filter(is_running=True).values_list("id", flat=True).first()


def public_keys() -> dict[int, str]:
    """Return the public keys of all versions of the signing key, as base64, newest first."""
    rows = InstallationKey.objects.filter(purpose="signing").exclude(public=None).order_by("-version")
    return {row.version: base64.b64encode(bytes(row.public or b"")).decode() for row in rows}


def signature(message: bytes) -> dict[str, str | int]:
    """Return a signature of the installation, with the public key and its version."""
    version = queries.installation_version("signing")
    key = queries.installation_key("signing", version)
    return {
        "algorithm": "Ed25519",
        "key_version": version,
        "public_key": base64.b64encode(signing.public_of(key)).decode(),
        "value": base64.b64encode(signing.sign(key, message)).decode(),
    }


def log_public_keys() -> list[bytes]:
    """Return the 32-byte public keys of all versions of the log key, newest first."""
    rows = InstallationKey.objects.filter(purpose="log").exclude(public=None).order_by("-version")
    return [bytes(row.public or b"") for row in rows]


def log_signer() -> signing.Signer:
    """Return what signs with the log key: use it for one piece of work, and do not keep it.

    Raises:
        KeyMissing: the log key was never made.
        KeyServiceDown: it cannot be opened now.
    """
    return signing.Signer(queries.installation_key("log", queries.installation_version("log")))


def is_person_key_destroyed(person_id: UUID) -> bool:
    """Tell whether a person's key was destroyed."""
    return PersonKey.objects.filter(person_id=person_id).exclude(destroyed_at=None).exists()


def _client_keys() -> tuple[int, datetime | None, int]:
    """Return how many clients have a key, when the oldest that seals was made, and the highest version."""
    with connection.cursor() as cursor:
        cursor.execute("select clients, oldest, versions from app.client_key_facts()")
        clients, oldest, versions = cursor.fetchone()
        return int(clients), oldest, int(versions)

"""What lies outside the tables: files in the data directory, and what is only in memory."""

from dataclasses import dataclass

from muniment.core.data_map.classes import Class


@dataclass(frozen=True)
class Place:
    """A place that holds data, and how what is there is protected."""

    name: str
    kind: Class
    purpose: str
    until: str
    protection: str


PLACES = (
    Place(
        "`store/`, or the object store",
        Class.CONTENT,
        "The bytes of documents and of uploads on their way",
        "as long as their version; an unfinished upload for `upload_days`",
        "AES-256-GCM in segments, a key for each version, wrapped by the client's key",
    ),
    Place(
        "`database/`",
        Class.CONTENT,
        "The tables above, and the database's log of changes",
        "as above; the log of changes until it is written over",
        "field by field, as above",
    ),
    Place(
        "`keys/`",
        Class.SECRET,
        "The root key, or how to reach the key service that holds it",
        "until it is replaced",
        "a file of mode 0600, on a backup of its own; with a passphrase or a key service also wrapped",
    ),
    Place(
        "`tls/`",
        Class.SECRET,
        "Certificates and their private keys",
        "until they are renewed",
        "files of mode 0600",
    ),
    Place(
        "`mail/`",
        Class.PERSONAL,
        "Mails that no mail server took, because none is set",
        "until somebody deletes them",
        "AES-256-GCM, people key",
    ),
    Place(
        "`logs/`",
        Class.CLEAR,
        "What the portal did, for whoever operates it",
        "six files of 20 MiB for each process; then the oldest goes",
        "references, numbers and the places of errors; never names, addresses or content",
    ),
    Place(
        "the reader's browser (local storage)",
        Class.CLEAR,
        "With which public keys a log was checked there, and the head that was seen, so that a change is noticed",
        "until the browser forgets it; nothing reads it but the page that wrote it",
        "hashes, signatures and a number of entries, which the log signs for anybody",
    ),
    Place(
        "memory",
        Class.SECRET,
        "Keys in use",
        "as long as `key_cache_seconds`",
        "never written anywhere",
    ),
)

"""Which server, database, role and password a part of the portal connects with."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qs, unquote, urlsplit

from muniment.core.config.fields import Config

DatabaseRole = Literal["super", "owner", "app", "job"]
DATABASE = "muniment"
PASSWORD_BYTES = 32


@dataclass(frozen=True, kw_only=True)
class Connection:
    """Where and as whom to connect to PostgreSQL."""

    host: str  # a name, an address, or the directory of a socket
    port: int
    user: str
    dbname: str
    password: str | None = field(default=None, repr=False)  # None: the socket tells who is there
    options: dict[str, str] = field(default_factory=dict)  # sslmode and sslrootcert

    def parameters(self) -> dict[str, str]:
        """Return the keywords of libpq."""
        found = {"host": self.host, "port": str(self.port), "user": self.user, "dbname": self.dbname, **self.options}
        return found if self.password is None else {**found, "password": self.password}


def connection(config: Config, role: DatabaseRole) -> Connection:
    """Return how `role` reaches the database.

    On the built-in server the socket's peer is the proof. On the operator's own server `super` is the
    user of `database_url`; the others sign in with passwords derived from the server key, which must
    exist by then.
    """
    if config.database_url is None:
        return Connection(host=str(config.run), port=5432, user=f"muniment_{role}", dbname=DATABASE)
    url = urlsplit(config.database_url)
    given = parse_qs(url.query)
    host = given.get("host", [unquote(url.hostname or "localhost")])[-1]
    options = {name: values[-1] for name, values in given.items() if name != "host"}
    if role == "super":
        user, password = unquote(url.username or ""), unquote(url.password) if url.password else None
    else:
        user, password = f"muniment_{role}", password_of(config.server_key, f"muniment_{role}")
    return Connection(
        host=host,
        port=url.port or 5432,
        user=user,
        dbname=url.path.strip("/") or DATABASE,
        password=password,
        options=options,
    )


def password_of(server_key: Path, role: str) -> str:
    """Return the password of `role`, derived from the bytes of the server key's file: 64 hexadecimal digits.

    Nothing has to be stored or handed from host to host, and a host without the key cannot connect.
    """
    return _derived(server_key, b"muniment/database/v1/" + role.encode()).hex()


def binding_key(server_key: Path) -> bytes:
    """Return the 32-byte key that proves bindings of transactions, derived like the passwords."""
    return _derived(server_key, b"muniment/database/binding/v1")


def _derived(server_key: Path, label: bytes) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415 (only where keys are needed)
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: PLC0415

    return HKDF(SHA256(), PASSWORD_BYTES, salt=None, info=label).derive(server_key.read_bytes())

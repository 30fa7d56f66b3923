"""What a setting may not be, whatever its type."""

import ipaddress
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from muniment.core.config import confirming, federating, keys, stores
from muniment.core.config.addresses import is_loopback, split
from muniment.core.config.fields import Config

HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*", re.IGNORECASE)
MAIL = re.compile(r"[^\s@<>\"',;:\\()\[\]]{1,64}@[A-Za-z0-9.-]{1,253}")

# name: smallest, largest
RANGES = {
    "database_cache_bytes": (16 * 2**20, 64 * 2**30),
    "https_port": (1, 65535),
    "http_port": (0, 65535),
    "public_port": (1, 65535),
    "trusted_proxies": (0, 10),
    "key_cache_seconds": (10, 3600),
    "key_service_timeout_seconds": (1, 30),
    "web_workers": (1, 64),
    "web_threads": (4, 512),
    "downloads_per_person": (1, 64),
    "max_upload_bytes": (2**20, 2**40),
    "store_check_bytes_per_second": (2**20, 2**34),
    "reencrypt_bytes_per_second": (2**20, 2**34),
    "upload_chunk_bytes": (64 * 2**10, 8 * 2**20),
    "upload_days": (1, 90),
    "scanner_max_bytes": (2**20, 4 * 2**30 - 1),
    "session_idle_minutes": (1, 60),
    "session_hours": (1, 24),
    "destruction_wait_days": (1, 90),
    "invitation_days": (1, 30),
    "password_hash_passes": (1, 64),
    "log_minimum_months": (12, 1200),
}


def problems(config: Config) -> list[str]:
    """Return a sentence for each unsafe or impossible value, none of which repeats a secret."""
    return [
        *_ranges(config),
        *_network(config),
        *_certificate(config),
        *_countries(config),
        *_database(config),
        *_mail(config),
        *_scanner(config),
        *_breached_passwords(config),
        *keys.problems(config),
        *stores.problems(config),
        *confirming.problems(config),
        *federating.problems(config),
    ]


def file_problems(path: Path, config: Config) -> list[str]:
    """Return what is wrong with the rights of the settings file at `path`."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return []  # reading it has already said so
    if mode & stat.S_IWOTH:
        return [f"The settings file {path} can be changed by every user of this machine: chmod o-w."]
    secret = any(url and urlsplit(url).password for url in (config.database_url, config.smtp_url))
    if secret and mode & stat.S_IROTH:
        return [f"The settings file {path} holds a password and can be read by every user of this machine: chmod o-r."]
    return []


def _ranges(config: Config) -> Iterator[str]:
    for name, (smallest, largest) in RANGES.items():
        value = getattr(config, name)
        if value is not None and not smallest <= value <= largest:
            yield f"{name} must be from {smallest} to {largest}."


def _network(config: Config) -> Iterator[str]:
    try:
        ipaddress.ip_address(config.bind)
    except ValueError:
        yield "bind must be an IP address of this machine, such as 127.0.0.1 or 0.0.0.0."
    else:
        if config.demo and not is_loopback(config.bind):
            yield "demo prints how everyone signs in, so it can only run on a loopback address: leave bind as it is."
    if config.http_port == config.https_port:
        yield "http_port and https_port must differ."
    for host in config.host:
        if not _is_host(host):
            yield "host must hold names such as portal.example.com, without scheme, port or wildcard."
            break


def _is_host(host: str) -> bool:
    """Tell whether `host` is a name or an address that one machine can have."""
    try:
        return not ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return len(host) <= 253 and HOST.fullmatch(host) is not None  # noqa: PLR2004 (RFC 1035)


def _certificate(config: Config) -> Iterator[str]:
    if (config.tls_certificate is None) != (config.tls_key is None):
        yield "tls_certificate and tls_key belong together: give both or neither."
    for name in ("tls_certificate", "tls_key"):
        path = getattr(config, name)
        if path is None:
            continue
        if not path.is_file():
            yield f"{name}: there is no file {path}."
        elif name == "tls_key" and path.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH | stat.S_IWGRP):
            yield f"tls_key: {path} can be read or changed by other users of this machine: chmod 600."


def _countries(config: Config) -> Iterator[str]:
    if config.countries is not None and not config.countries.is_file():
        yield f"countries: there is no file {config.countries}."


def _database(config: Config) -> Iterator[str]:
    if config.database_url is None:
        return
    url = split(config.database_url)
    if url is None or url.scheme not in {"postgresql", "postgres"} or "," in url.netloc:
        yield "database_url must be of the form postgresql://user:password@host/name, with one host."
        return
    options = parse_qs(url.query)
    if unknown := sorted(set(options) - {"host", "sslmode", "sslrootcert"}):
        yield f"database_url has options that are not used here: {', '.join(unknown)}."
    host = options.get("host", [url.hostname or ""])[-1]
    if not host.startswith("/") and host and not is_loopback(host) and options.get("sslmode") != ["verify-full"]:
        yield "database_url leads to another machine without checking who answers: add ?sslmode=verify-full."
    if not re.fullmatch(r"(/[a-z_][a-z0-9_]{0,62})?/?", url.path):
        yield "database_url must name a database in small letters, digits and underscores."


def _mail(config: Config) -> Iterator[str]:
    if not MAIL.fullmatch(config.mail_from):
        yield "mail_from must be a mail address and nothing else."
    if config.smtp_url is None:
        return
    url = split(config.smtp_url)
    if url is None or url.scheme not in {"smtp", "smtps"} or not url.hostname or url.path not in {"", "/"}:
        yield "smtp_url must be of the form smtps://user:password@host:465 or smtp://user:password@host:587."
        return
    options = parse_qs(url.query, keep_blank_values=True)
    if set(options) - {"starttls"} or options.get("starttls", ["no"]) != ["no"]:
        yield "smtp_url has options that are not used here."
    elif options and url.scheme == "smtps":
        yield "smtp_url: smtps:// is encrypted from the start and knows no starttls option."
    elif options and not is_loopback(url.hostname):
        yield "smtp_url would send mails and the password in plain text to another machine: leave out ?starttls=no."


def _breached_passwords(config: Config) -> Iterator[str]:
    if config.breached_passwords_url is not None and not confirming.is_private(split(config.breached_passwords_url)):
        yield "breached_passwords_url must be an https:// address; plain http:// leads to this machine alone."


def _scanner(config: Config) -> Iterator[str]:
    """Look where opened documents would go: to this machine's own scanner, or nowhere."""
    address = config.scanner
    if address == "none" or re.fullmatch(r"unix:/[^\x00]{1,106}", address):
        return
    parts = urlsplit(address)
    try:
        is_here = parts.scheme == "tcp" and ipaddress.ip_address(parts.hostname or "").is_loopback and bool(parts.port)
    except ValueError:
        is_here = False
    if not is_here:
        yield (
            "MUNIMENT_SCANNER must be none, unix:/path/of/the/socket, or tcp://127.0.0.1:3310: clamd knows no "
            "encryption, so documents are never sent to it over a network."
        )

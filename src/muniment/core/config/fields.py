"""Every setting of the product, with its default, its sentence and its unit."""

# ruff: noqa: RUF009 (_setting returns a dataclass field, whose values are immutable)
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

CardNumbers = Literal["refuse", "mask"]
StoreName = Literal["disk", "s3"]
LogLevel = Literal["debug", "info", "warning", "error"]
KeyringKind = Literal["file", "aws-kms", "transit"]


def _setting(default: Any, sentence: str, *, unit: str = "", secret: bool = False) -> Any:
    """Return a field; `sentence` becomes its line in docs/settings.md, a secret is never shown."""
    return field(default=default, metadata={"sentence": sentence, "unit": unit}, repr=not secret)


@dataclass(frozen=True, kw_only=True)
class Config:
    """The settings of one installation. Each is `MUNIMENT_<NAME>`, or `<name>` in the TOML file."""

    # Where things are
    data: Path = _setting(
        Path("var"),
        "The data directory: database, keys, documents, certificates and logs. Created with mode 0700; back it up, "
        "and keep `keys/` apart from the backup of the rest.",
    )
    database_url: str | None = _setting(
        None,
        "`postgresql://user:password@host/name` of your own PostgreSQL (15 or newer), as a user who may create roles "
        "and databases. Without it the portal runs its own PostgreSQL inside the data directory. To another machine "
        "the address must end in `?sslmode=verify-full`.",
        secret=True,
    )
    database_cache_bytes: int = _setting(
        64 * 2**20, "Memory the built-in PostgreSQL keeps for its cache (its `shared_buffers`).", unit="bytes"
    )

    # Where documents lie
    store: StoreName = _setting(
        "disk",
        "Where new documents are kept, always sealed: `disk`, in the data directory, or `s3`, on an S3 server. What is "
        "there already stays where it is; `muniment store move` moves it.",
    )
    region: str | None = _setting(
        None, "The region this machine stands in, such as `eu-central-1` or `de`: that is where its disk lies."
    )
    s3_endpoint: str | None = _setting(
        None,
        "The address of the S3 server, `https://s3.example.com`. Without it: AWS's own for `s3_region`. Plain "
        "`http://` is possible to this machine only.",
    )
    s3_region: str | None = _setting(
        None, "The region of the bucket. Where the server itself names another one, the start is refused."
    )
    s3_bucket: str | None = _setting(
        None,
        "The bucket. With `{client}` in its name each client has a bucket of its own, which the portal makes; without, "
        "each has a prefix of its own.",
    )
    s3_credentials: Path | None = _setting(
        None,
        "The file with `aws_access_key_id` and `aws_secret_access_key` in its section `[default]`, readable by its "
        "owner alone.",
    )
    s3_authority: Path | None = _setting(
        None, "The certificate authority of the S3 server, in PEM, where it is not one that everybody knows."
    )
    store_check_bytes_per_second: int = _setting(
        32 * 2**20,
        "How fast `muniment store check` and its monthly run read everything back, so that people notice nothing.",
        unit="bytes",
    )

    reencrypt_bytes_per_second: int = _setting(
        16 * 2**20,
        "How fast `muniment keys rotate --re-encrypt` seals documents anew, so that people notice nothing.",
        unit="bytes",
    )

    # Who can reach it
    host: tuple[str, ...] = _setting(
        ("localhost",),
        "The name or names people type to reach the portal, without a port; several are separated by commas. Requests "
        "for any other name are refused, and the first name stands in links and mails.",
    )
    bind: str = _setting(
        "127.0.0.1",
        "The address to listen on. By default only this machine can reach the portal; `0.0.0.0` opens it to the "
        "network, over IPv4, `::` over IPv6 as well.",
    )
    https_port: int = _setting(8443, "The port of the portal.", unit="port")
    http_port: int = _setting(
        8080, "The port that sends plain HTTP visitors to HTTPS; 0 opens no such port.", unit="port"
    )
    public_port: int | None = _setting(
        None,
        "The port in the addresses people use, when a proxy or port forwarding changes it (usually 443). Without it: "
        "`https_port`.",
        unit="port",
    )
    trusted_proxies: int = _setting(
        0,
        "How many proxies of yours stand in front. That many entries at the end of X-Forwarded-For are believed; with "
        "0 the header is ignored.",
        unit="count",
    )
    countries: Path | None = _setting(
        None,
        "A database of which country an address is in, in MaxMind's format (`.mmdb`), which you bring and renew. The "
        "log then says the country; nobody on the network is asked. Without it the log says none.",
    )

    # TLS
    tls_certificate: Path | None = _setting(
        None,
        "Your certificate with its chain, in PEM. Without it the portal makes a certificate authority of its own "
        "in the data directory at first start and prints its fingerprint.",
    )
    tls_key: Path | None = _setting(
        None, "The private key of `tls_certificate`, in PEM, without a password, readable by its owner alone."
    )
    hsts_preload: bool = _setting(
        False,
        "Ask browsers to ship your name in their HTTPS-only list. It binds every subdomain and takes months to undo.",
    )

    # Mail
    smtp_url: str | None = _setting(
        None,
        "The mail server: `smtps://user:password@host:465`, or `smtp://user:password@host:587`, which must offer "
        "STARTTLS with a certificate that verifies. Plain SMTP is possible to this machine only, with "
        "`?starttls=no`. Without it mails wait in the data directory.",
        secret=True,
    )
    mail_from: str = _setting("portal@localhost", "The sender of the portal's mails.")

    security_contact: str = _setting(
        "mailto:security@localhost",
        "Where people report a weakness, shown in `/.well-known/security.txt`: a `mailto:`, `https:` or `tel:` "
        "address.",
    )

    # Keys
    keyring: KeyringKind = _setting(
        "file",
        "Where the root key lives, under which every other key is wrapped: `file`, a file of the data directory; "
        "`aws-kms`, a key of AWS KMS that never leaves it; `transit`, a key of the transit engine of HashiCorp Vault "
        "or OpenBao.",
    )
    keyring_before: KeyringKind | None = _setting(
        None,
        "The keyring you are moving away from. What it wrapped still opens, and is wrapped anew by `keyring` when the "
        "root key is turned; then leave this out again.",
    )
    keyring_passphrase: str | None = _setting(
        None,
        "Where the passphrase of the root key's file comes from, never the passphrase itself: `fd:3` reads it from "
        "that open file descriptor, `credential:muniment-passphrase` from the systemd credential of that name.",
    )
    key_cache_seconds: int = _setting(
        300,
        "How long an opened key may be used before the keyring is asked again. When the key service is down, nothing "
        "new opens after that time.",
        unit="seconds",
    )
    key_service_timeout_seconds: int = _setting(
        3, "How long the portal waits for an answer of a key service before it says that it is down.", unit="seconds"
    )
    aws_kms_region: str | None = _setting(
        None, "The AWS region of the root key; the portal asks no other. Needed with `aws-kms`."
    )
    aws_kms_key: str | None = _setting(
        None,
        "The root key in AWS KMS: `alias/muniment`, which lets the portal turn it, or the ARN of one key. Needed with "
        "`aws-kms`.",
    )
    aws_kms_endpoint: str | None = _setting(
        None, "The `https://` address of a private endpoint of AWS KMS. Without it: the region's own."
    )
    aws_kms_credentials: Path | None = _setting(
        None,
        "A file of AWS credentials (profile `default`), readable by its owner alone. Without it: the role of the "
        "machine.",
    )
    transit_url: str | None = _setting(
        None,
        "The address of HashiCorp Vault or OpenBao, such as `https://vault.example.com:8200`. Needed with `transit`.",
    )
    transit_key: str | None = _setting(
        None, "The name of the root key in the transit engine, of type aes256-gcm96. Needed with `transit`."
    )
    transit_mount: str = _setting("transit", "The path under which the transit engine is mounted.")
    transit_namespace: str | None = _setting(
        None, "The namespace of the transit engine, where the server has namespaces."
    )
    transit_token: Path | None = _setting(
        None,
        "The file with the token for the transit engine, read anew for every call, so that an agent may renew it; not "
        "readable by everyone. Needed with `transit`.",
    )
    transit_ca: Path | None = _setting(
        None, "The certificates, in PEM, that prove `transit_url`. Without it: those of the operating system."
    )

    # Work
    web_workers: int = _setting(2, "How many web processes run; about one for each core.", unit="count")
    web_threads: int = _setting(
        64, "Requests each web process serves at the same time; a slow download occupies one.", unit="count"
    )
    downloads_per_person: int = _setting(8, "Downloads one person may have running at the same time.", unit="count")
    max_upload_bytes: int = _setting(10 * 2**30, "The largest document that may be uploaded.", unit="bytes")
    upload_chunk_bytes: int = _setting(
        8 * 2**20, "The largest piece of an upload sent in one request; at most 8 MiB.", unit="bytes"
    )
    upload_days: int = _setting(7, "How long an unfinished upload can be continued.", unit="days")

    card_numbers: CardNumbers = _setting(
        "refuse",
        "What happens to the number of a payment card that somebody types: `refuse` the whole text and say why, or "
        "`mask` all but its last four digits. It cannot be switched off. Documents with card numbers are held "
        "either way.",
    )

    # What is uploaded
    scanner: str = _setting(
        "none",
        "The virus scanner that looks at every upload: the daemon of ClamAV on this machine, as "
        "`unix:/run/clamav/clamd.ctl` or `tcp://127.0.0.1:3310`. While it is down, uploads are held. With `none` only "
        "the portal's own checks run, and pages say that no virus scanner looked.",
    )
    scanner_max_bytes: int = _setting(
        100 * 2**20,
        "The largest file the scanner is given; larger ones are held as not scanned. Not more than StreamMaxLength and "
        "MaxFileSize of clamd.conf.",
        unit="bytes",
    )

    destruction_wait_days: int = _setting(
        7,
        "How long the destruction of a key waits after two people have wanted it; until then it can be taken back.",
        unit="days",
    )

    log_minimum_months: int = _setting(
        12,
        "The least that the log of any client says who did what, whatever is set for the client; a law or a contract "
        "may ask for more.",
        unit="months",
    )

    # Organisations that sign their people in
    provider_hosts: tuple[str, ...] | None = _setting(
        None,
        "Names of providers of single sign-on that stand in your own network, separated by commas: their addresses may "
        "be private. Every other name must lead to a public address, or the portal does not go there.",
    )
    provider_authority: Path | None = _setting(
        None,
        "The certificates, in PEM, that prove such a provider where the authorities that everybody knows do not. "
        "They count beside those.",
    )
    domain_resolver: str | None = _setting(
        None,
        "The DNS server asked when a client proves a domain, as an IP address, `:` and a port for another than 53. "
        "Without it: those of this machine.",
    )

    # Who confirms the log
    witnesses: tuple[str, ...] | None = _setting(
        None,
        "Who cosigns the log, each as its key, a space and its address, separated by commas: "
        "`witness.example.com+1a2b3c4d+BFk... https://witness.example.com`. More than half of them must have signed "
        "before the log counts as witnessed.",
    )
    time_stamp_url: str | None = _setting(
        None,
        "The `https://` address of an RFC 3161 time-stamp authority, asked every hour to confirm the time of the log. "
        "It learns a hash and nothing else.",
    )
    time_stamp_authority: Path | None = _setting(
        None,
        "The certificates, in PEM, that the time-stamp authority's own must lead to. A time stamp that they do not "
        "prove is not kept.",
    )

    # Sign-in
    session_idle_minutes: int = _setting(30, "A session ends after this long without a request.", unit="minutes")
    session_hours: int = _setting(12, "A session ends after this long in any case.", unit="hours")
    breached_passwords_url: str | None = _setting(
        None,
        "Where new passwords are looked up beside the bundled lists, in the format of Pwned Passwords: "
        "`https://api.pwnedpasswords.com/range/`, or a copy of your own. Only the first five characters of a hash "
        "leave the portal. When there is no answer within two seconds the bundled lists count alone, as Health says.",
    )
    password_hash_passes: int = _setting(
        6,
        "How often Argon2id goes through its 64 MiB for one password. Set it so that `muniment check` says 250 to 500 "
        "milliseconds; passwords kept with another number are hashed anew when their owner signs in.",
        unit="count",
    )
    invitation_days: int = _setting(7, "How long an invitation link can be used.", unit="days")

    log_level: LogLevel = _setting(
        "info", "How much the logs tell: `debug`, `info`, `warning` or `error`. They hold references, never names."
    )
    demo: bool = _setting(
        False,
        "Set by `muniment up --demo`: an invented firm whose sign-ins are printed. Refused where the network could "
        "reach it.",
    )

    @property
    def run(self) -> Path:
        """The directory of the database's socket, 0700."""
        return self.data / "run"

    @property
    def logs(self) -> Path:
        """The directory of the logs."""
        return self.data / "logs"

    @property
    def keys(self) -> Path:
        """The directory of the key files, 0600 each."""
        return self.data / "keys"

    @property
    def root_key(self) -> Path:
        """The file of the root key, where the keyring is a file."""
        return self.keys / "root.key"

    @property
    def server_key(self) -> Path:
        """The file of the key that the roles' passwords and signed links are derived from. It opens no content."""
        return self.keys / "server.key"

    @property
    def address(self) -> str:
        """The address people type, without a slash at the end."""
        port = self.public_port or self.https_port
        name = f"[{self.host[0]}]" if ":" in self.host[0] else self.host[0]
        return f"https://{name}" if port == 443 else f"https://{name}:{port}"  # noqa: PLR2004 (HTTPS's own)

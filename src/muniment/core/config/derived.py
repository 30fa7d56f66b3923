"""What follows from settings: where things lie, and the address people type."""

from pathlib import Path

from muniment.core.config.backing import OFF


class Derived:
    """Paths and addresses that are made of settings, which `Config` declares."""

    data: Path
    host: tuple[str, ...]
    https_port: int
    public_port: int | None
    key_locks: Path | None
    backup_repository: str | None

    @property
    def run(self) -> Path:
        """The directory of the database's socket, 0700."""
        return self.data / "run"

    @property
    def logs(self) -> Path:
        """The directory of the logs."""
        return self.data / "logs"

    @property
    def watch(self) -> Path:
        """The directory of what the parts tell those who watch them: counts, signs of life, who died."""
        return self.data / "watch"

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
    def locks(self) -> Path:
        """The file of the locks of keys."""
        return self.key_locks or self.keys / "locks"

    @property
    def backup_key(self) -> Path:
        """The file of the key that opens backups, which is in none of them."""
        return self.keys / "backup.key"

    @property
    def backups(self) -> Path:
        """The directory of what backups need on this machine, and of the repository where nothing else is set."""
        return self.data / "backups"

    @property
    def spool(self) -> Path:
        """The directory into which the database puts its write-ahead log, until it is in the repository."""
        return self.data / "spool"

    @property
    def stretch(self) -> Path:
        """The directory of the write-ahead log since the newest whole backup."""
        return self.backups / "wal"

    @property
    def repository(self) -> str | None:
        """Where backups go; None where they are switched off."""
        if self.backup_repository == OFF:
            return None
        return self.backup_repository or str(self.backups / "repository")

    @property
    def address(self) -> str:
        """The address people type, without a slash at the end."""
        port = self.public_port or self.https_port
        name = f"[{self.host[0]}]" if ":" in self.host[0] else self.host[0]
        return f"https://{name}" if port == 443 else f"https://{name}:{port}"  # noqa: PLR2004 (HTTPS's own)

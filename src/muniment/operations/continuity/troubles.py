"""What can be wrong with a repository, told apart by what restic says."""

import re
from collections.abc import Callable

from muniment.assurance.continuity.types import Trouble


class Failed(Exception):
    """Something did not work; `trouble` is the word for it, the message is for the agent's log and for commands."""

    trouble = Trouble.BROKEN

    def __init__(self, message: str = "", trouble: Trouble | None = None) -> None:
        super().__init__(message or self.__class__.__doc__)
        if trouble is not None:
            self.trouble = trouble


class RepositoryAway(Failed):
    """The repository does not answer, or is not where it should be."""

    trouble = Trouble.AWAY


class RepositoryLocked(Failed):
    """Somebody else writes to the repository."""

    trouble = Trouble.LOCKED


class RepositoryDamaged(Failed):
    """Something in the repository is not as it was written."""

    trouble = Trouble.DAMAGED


class RepositoryFull(Failed):
    """There is no room left in the repository."""

    trouble = Trouble.FULL


class WrongPassword(Failed):
    """The repository was made with another keys/backup.key."""

    trouble = Trouble.WRONG_PASSWORD


class NotInBackup(Failed):
    """There is no such snapshot or file in the repository."""

    trouble = Trouble.NOT_FOUND


_SAID: tuple[tuple[str, Callable[[str], Failed]], ...] = (
    (r"wrong password or no key found", WrongPassword),
    (r"no space left on device|disk quota exceeded|QuotaExceeded|file too large|XMinioStorageFull", RepositoryFull),
    (r"repository is already locked|unable to create lock", RepositoryLocked),
    (
        r"ciphertext verification failed|hash (mismatch|does not match)|invalid data returned|"
        r"repository contains errors|Pack ID does not match|error loading index|pack .* (is damaged|not found)|"
        r"does not exist in index|unexpected EOF|is not contained in index|decrypting blob",
        RepositoryDamaged,
    ),
    (r"no snapshot found|snapshot .* not found|no matching ID|cannot dump file|path .* not found", NotInBackup),
    (
        r"Is there a repository at|unable to open config file|no such host|connection (refused|reset)|dial tcp|"
        r"i/o timeout|deadline exceeded|unable to start the sftp session|no such file or directory|"
        r"server response unexpected|not a directory|permission denied|input/output error|AccessDenied|NoSuchBucket",
        RepositoryAway,
    ),
)


def told(said: str) -> Failed:
    """Return what went wrong, from what restic wrote to its error output; the last lines are kept as the message."""
    message = "\n".join(said.strip().splitlines()[-5:])[-1000:]
    for pattern, made in _SAID:
        if re.search(pattern, said, re.IGNORECASE):
            return made(message)
    return Failed(message)

"""Seals the root key's file anew: a program of its own, because the file belongs to the portal's account."""

import sys

from muniment.core import config
from muniment.trust.vault.errors import VaultError
from muniment.trust.vault.keyring import file, passphrase


def main() -> None:
    """Seal it with the passphrase from the source that is named, or with none; the exit code is 1 if it is refused."""
    try:
        new = passphrase.read(sys.argv[1]) if sys.argv[1:] else None
        file.from_settings(config.current()).protect(new)
    except VaultError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()

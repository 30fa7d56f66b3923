"""The settings of a command, with the passphrase of the keyring taken in once for it and all its programs."""

import os
from pathlib import Path

from muniment.core import config
from muniment.core.config import Config
from muniment.core.config.reading import variable
from muniment.operations.errors import StartRefused
from muniment.trust.vault.errors import VaultError
from muniment.trust.vault.keyring import passphrase


def settings(data: Path | None) -> Config:
    """Return the present settings; the data directory of the option wins over the environment.

    Raises:
        SettingRefused: a setting is unknown, malformed or unsafe.
        StartRefused: the passphrase cannot be read from where it is said to be.
    """
    if data is not None:
        os.environ["MUNIMENT_DATA"] = str(data)
    source = config.current().keyring_passphrase
    if source is not None:  # here and once: a pipe gives it only once, and other accounts cannot read a credential
        os.environ[variable("keyring_passphrase")] = kept(source)
        config.current.cache_clear()
    return config.current()


def kept(source: str) -> str:
    """Take a passphrase in and return where programs find it.

    Raises:
        StartRefused: it cannot be read, or is none.
    """
    try:
        return passphrase.keep(source)
    except VaultError as error:
        raise StartRefused(str(error)) from error

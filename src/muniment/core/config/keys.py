"""What the settings of the keyring may not be."""

import re
import stat
from collections.abc import Iterator
from pathlib import Path

from muniment.core.config.addresses import is_private_web_address
from muniment.core.config.fields import Config

NEEDED = {
    "file": (),
    "aws-kms": ("aws_kms_region", "aws_kms_key"),
    "transit": ("transit_url", "transit_key", "transit_token"),
}
# settings that mean something to one kind of keyring alone
OWN = {
    "file": ("keyring_passphrase",),
    "aws-kms": ("aws_kms_region", "aws_kms_key", "aws_kms_endpoint", "aws_kms_credentials"),
    "transit": ("transit_url", "transit_key", "transit_namespace", "transit_token", "transit_ca"),
}
PASSPHRASE = re.compile(r"fd:(?:[3-9]|[1-9][0-9]{1,3})|credential:[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
REGION = re.compile(r"[a-z]{2,4}(-[a-z]+){1,3}-[0-9]{1,2}")
ALIAS = re.compile(r"alias/[A-Za-z0-9/_-]{1,250}")
KEY_ARN = re.compile(
    r"arn:aws[a-z-]*:kms:([a-z0-9-]+):[0-9]{12}:(?:key/[A-Za-z0-9-]{1,64}|alias/[A-Za-z0-9/_-]{1,250})"
)
PATH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*")
NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")


def problems(config: Config) -> Iterator[str]:
    """Yield a sentence for each setting of the keyring that is missing, in vain or unsafe."""
    yield from _kinds(config)
    if config.keyring_passphrase is not None and not PASSPHRASE.fullmatch(config.keyring_passphrase):
        yield (
            "keyring_passphrase must say where the passphrase comes from, as fd:3 or credential:name; if it was the "
            "passphrase itself, consider it known."
        )
    yield from _aws(config)
    yield from _transit(config)


def _kinds(config: Config) -> Iterator[str]:
    """Look whether the settings of every keyring in use are there, and of no other: one of them may be meant."""
    if config.keyring_before == config.keyring:
        yield "keyring_before is the keyring you move away from; it cannot be the same as keyring."
    used = {config.keyring, config.keyring_before}
    for kind, names in OWN.items():
        given = [name for name in names if getattr(config, name) is not None]
        if kind not in used and given:
            yield f"{given[0]} is set, but keyring is {config.keyring}: name the keyring you mean, or leave it out."
        missing = [name for name in NEEDED[kind] if getattr(config, name) is None]
        if kind in used and missing:
            yield f"The keyring {kind} needs {' and '.join(missing)}."


def _aws(config: Config) -> Iterator[str]:
    region, key = config.aws_kms_region, config.aws_kms_key
    if region is not None and not REGION.fullmatch(region):
        yield "aws_kms_region must be a region such as eu-central-1."
    if key is not None:
        arn = KEY_ARN.fullmatch(key)
        if arn is None and not ALIAS.fullmatch(key):
            yield "aws_kms_key must be alias/name or the ARN of a key or alias."
        elif arn is not None and arn[1] != region:
            yield "aws_kms_key lies in another region than aws_kms_region says."
    if config.aws_kms_endpoint is not None and not is_private_web_address(config.aws_kms_endpoint):
        yield "aws_kms_endpoint must be an https:// address without a path."
    yield from _secret_file("aws_kms_credentials", config.aws_kms_credentials, needed=True)


def _transit(config: Config) -> Iterator[str]:
    if config.transit_url is not None and not is_private_web_address(config.transit_url):
        yield "transit_url must be an https:// address without a path or password."
    if config.transit_key is not None and not NAME.fullmatch(config.transit_key):
        yield "transit_key must be the name of a key."
    for name in ("transit_mount", "transit_namespace"):
        value = getattr(config, name)
        if value is not None and not PATH.fullmatch(value):
            yield f"{name} must be a path such as transit, without slashes at its ends."
    if config.transit_ca is not None and not config.transit_ca.is_file():
        yield f"transit_ca: there is no file {config.transit_ca}."
    yield from _secret_file("transit_token", config.transit_token, needed=False)  # an agent may still have to write it


def _secret_file(name: str, path: Path | None, *, needed: bool) -> Iterator[str]:
    """Look whether a file with a secret is there and closed to others."""
    if path is None:
        return
    try:
        mode = path.stat().st_mode
    except OSError:
        if needed:
            yield f"{name}: there is no file {path}."
        return
    if mode & (stat.S_IROTH | stat.S_IWOTH | stat.S_IWGRP):
        yield f"{name}: {path} can be read or changed by other users of this machine: chmod 600."

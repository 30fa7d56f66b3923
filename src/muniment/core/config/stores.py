"""What the settings of the stores may not be."""

import re
from collections.abc import Iterator

from muniment.core.config.addresses import is_private_web_address
from muniment.core.config.fields import Config

BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
REGION = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,62}")
S3_LARGEST = 10_000 * 8 * 2**20  # as many parts as an S3 server takes, each of eight segments
NEEDED = ("s3_region", "s3_bucket", "s3_credentials")


def problems(config: Config) -> Iterator[str]:
    """Yield a sentence for each unsafe or impossible value."""
    for name in ("region", "s3_region"):
        region = getattr(config, name)
        if region is not None and not REGION.fullmatch(region):
            yield f"{name} must be a short name such as eu-central-1."
    if config.store == "s3" or config.s3_bucket is not None:
        missing = [name for name in NEEDED if getattr(config, name) is None]
        if missing:
            yield f"The S3 store needs more settings: {', '.join(missing)}."
    if config.s3_bucket is not None:
        yield from _bucket(config, config.s3_bucket)
    if config.s3_endpoint is not None and not is_private_web_address(config.s3_endpoint):
        yield "s3_endpoint must be https://host or https://host:port; plain http:// leads to this machine alone."
    yield from _files(config)


def _bucket(config: Config, bucket: str) -> Iterator[str]:
    if not BUCKET.fullmatch(bucket.replace("{client}", "0" * 32)):
        yield "s3_bucket must be a name that S3 takes: 3 to 63 small letters, digits, dots and hyphens."
    if config.max_upload_bytes > S3_LARGEST:
        yield f"max_upload_bytes can be {S3_LARGEST} at most with an S3 store, which takes 10,000 parts of 8 MiB."


def _files(config: Config) -> Iterator[str]:
    for name in ("s3_credentials", "s3_authority"):
        path = getattr(config, name)
        if path is not None and not path.is_file():
            yield f"{name}: there is no file {path}."
        elif name == "s3_credentials" and path is not None and path.stat().st_mode & 0o077:
            yield f"s3_credentials: {path} can be read or changed by other users of this machine: chmod 600."

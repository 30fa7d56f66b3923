"""The way to an S3 server: addresses, patience, and what its answers mean here."""

import configparser
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import boto3
import structlog
from botocore.config import Config as Patience
from botocore.exceptions import BotoCoreError, ClientError
from urllib3.exceptions import HTTPError

from muniment.trust.vault.errors import BlobMissing, StoreDown, StoreFull, StoreRefuses

CONNECT_SECONDS = 3
READ_SECONDS = 15
BODY_SECONDS = 60  # for a whole answer, however regularly its drops come
TRIES = 2
CONNECTIONS = 64  # of one process: about one a thread
SECTION = "default"
HOME_REGION = "us-east-1"  # the one that AWS answers with nothing
_OLD_NAMES = {"EU": "eu-west-1"}
_MISSING = {"NoSuchKey", "NoSuchBucket", "NotFound", "404"}
_FULL = {"QuotaExceeded", "InsufficientStorage", "XMinioStorageFull", "EntityTooLarge"}

logger = structlog.get_logger("muniment.vault")


class UploadGone(Exception):
    """The server knows nothing of a multipart upload, or not these parts of it."""


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where an S3 server is, and how it is spoken to."""

    endpoint: str | None
    """None: AWS's own for the region."""
    region: str
    bucket: str
    """The name, in which `{client}` stands for the client's id: then each has a bucket of its own."""
    access_key: str
    secret_key: str = field(repr=False)
    authority: Path | None = None
    """The certificate authority of the server, where it is no public one."""

    def bucket_of(self, client_id: UUID) -> str:
        """Return the bucket of a client."""
        return self.bucket.replace("{client}", client_id.hex)


def read_credentials(path: Path) -> tuple[str, str]:
    """Return the two keys in a file of the form that AWS's own programs use.

    Raises:
        ValueError: the file has another form; the message says which, never what it holds.
    """
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(path.read_text(encoding="utf-8"))
        return parser[SECTION]["aws_access_key_id"], parser[SECTION]["aws_secret_access_key"]
    except (configparser.Error, KeyError, UnicodeDecodeError):
        # without the error: its text holds lines of the file
        raise ValueError(
            "the S3 credentials need a section [default] with aws_access_key_id and aws_secret_access_key"
        ) from None


def connect(address: Address) -> Any:
    """Return a client; nothing is sent yet. It may be used by all threads."""
    session = boto3.session.Session()
    return session.client(
        "s3",
        endpoint_url=address.endpoint,
        region_name=address.region,
        aws_access_key_id=address.access_key,
        aws_secret_access_key=address.secret_key,
        verify=str(address.authority) if address.authority else None,
        config=Patience(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"total_max_attempts": TRIES, "mode": "standard"},
            max_pool_connections=CONNECTIONS,
            tcp_keepalive=True,
            s3={"addressing_style": "path" if address.endpoint else "auto"},
            # not every server knows the newer checksums; each body is sent with its MD5 instead
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )


@contextmanager
def asking() -> Iterator[None]:
    """Turn what an S3 server answers, or does not, into what it means for a blob.

    Raises:
        BlobMissing: there is no such object.
        StoreFull: there is no room.
        UploadGone: there is no such multipart upload, or a part of it is another one.
        StoreRefuses: it answers, but not to us; the reason is in the log.
        StoreDown: there was no answer in time, or one that nobody can go on with; the reason is in the log.
    """
    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if code in {"NoSuchUpload", "InvalidPart", "InvalidPartOrder"}:
            raise UploadGone from error
        if code in _MISSING:
            raise BlobMissing from error
        logger.error("store refuses", operation=error.operation_name, code=code, status=status)  # noqa: TRY400 - a reason, no bug
        if code in _FULL or status == 507:  # noqa: PLR2004 - Insufficient Storage
            raise StoreFull from error
        if status < 500:  # noqa: PLR2004 - the first status that says it is the server's doing
            raise StoreRefuses from error
        raise StoreDown from error
    except (BotoCoreError, OSError) as error:
        logger.error("store does not answer", what=type(error).__name__)  # noqa: TRY400 - the same
        raise StoreDown from error


def read_body(body: Any, size: int) -> bytes:
    """Return the body of an answer, `size` bytes at most, within a bounded time.

    Raises:
        StoreDown: it did not come in time, or not whole.
    """
    deadline = time.monotonic() + BODY_SECONDS
    got = bytearray()
    raw = body._raw_stream  # noqa: SLF001 - botocore's own read waits for all it was asked for, however slowly it comes
    try:
        while len(got) < size and (piece := raw.read1(min(256 * 1024, size - len(got)))):
            got += piece
            if time.monotonic() > deadline:
                raise StoreDown
    except HTTPError as error:
        raise StoreDown from error
    finally:
        body.close()
    return bytes(got)


def said_region(client: Any, address: Address, bucket: str) -> str:
    """Return where the server says that a bucket lies; where it says nothing, what is configured.

    Raises:
        BlobMissing: there is no such bucket.
        StoreDown: the server does not answer.
    """
    with asking():
        said = client.get_bucket_location(Bucket=bucket).get("LocationConstraint")
    if said:
        return _OLD_NAMES.get(said, str(said))
    return address.region if address.endpoint else HOME_REGION

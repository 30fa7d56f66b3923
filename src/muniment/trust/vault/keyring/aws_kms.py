"""The root key in AWS KMS: a key that never leaves it, in one region.

A wrapped key is bound to its context as KMS encryption context, so each use stands in CloudTrail with the client it
was for. The key is named by an alias or by its ARN. Under an alias the portal can turn it: it makes another key and
moves the alias; the old one stays, and opens what it wrapped.
"""

from typing import TYPE_CHECKING, Any
from urllib.parse import quote_from_bytes

from muniment.core.config import Config
from muniment.trust.vault.errors import KeyMissing, KeyRefused, KeyServiceDown
from muniment.trust.vault.keyring.contract import RootKeyFacts
from muniment.trust.vault.keyring.patience import Unreachable
from muniment.trust.vault.keyring.remote import Encrypted, RemoteKeyring

if TYPE_CHECKING:
    from collections.abc import Callable

ADAPTER = "aws-kms"
PREVIOUS = "muniment-previous"
"""The tag in which a key made by `rotate` names the one before it."""
MAXIMUM_KEYS = 50

_MISSING = {"NotFoundException", "InvalidArnException", "InvalidKeyId"}
_CHANGED = {"InvalidCiphertextException", "IncorrectKeyException"}
_AWAY = {
    "DependencyTimeoutException",
    "KMSInternalException",
    "KeyUnavailableException",
    "LimitExceededException",
    "RequestLimitExceeded",
    "ServiceUnavailable",
    "ThrottlingException",
}


def open_keyring(config: Config) -> RemoteKeyring:
    """Return the keyring of the settings; nothing is asked of KMS yet."""
    return RemoteKeyring(AwsKms(config), timeout_seconds=config.key_service_timeout_seconds)


class AwsKms:
    """Speaks to AWS KMS in the region of the settings, and believes no key of another region or account."""

    kind = 2

    def __init__(self, config: Config) -> None:
        """Make the client; credentials come from the file of the settings, or from the machine's role."""
        import botocore.session  # noqa: PLC0415 (a tenth of a second that only this keyring needs)
        from botocore.config import Config as ClientConfig  # noqa: PLC0415

        self._key = config.aws_kms_key or ""
        self._place: list[str] = []  # the ARN of the key up to its account, once it is known
        session = botocore.session.Session()
        if config.aws_kms_credentials is not None:
            session.set_config_variable("credentials_file", str(config.aws_kms_credentials))
        seconds = config.key_service_timeout_seconds
        self._client: Any = session.create_client(
            "kms",
            region_name=config.aws_kms_region,
            endpoint_url=config.aws_kms_endpoint,
            config=ClientConfig(
                connect_timeout=seconds,
                read_timeout=seconds,
                retries={"total_max_attempts": 2, "mode": "standard"},
                ignore_configured_endpoint_urls=True,
            ),
        )

    def encrypt(self, key: bytes, context: bytes) -> Encrypted:
        """Encrypt under the key that the settings name."""
        found = self._ask(
            self._client.encrypt, KeyId=self._key, Plaintext=key, EncryptionContext=_encryption_context(context)
        )
        return Encrypted(_text(found, "KeyId"), _bytes(found, "CiphertextBlob"))

    def decrypt(self, encrypted: Encrypted, context: bytes) -> bytes:
        """Decrypt under the key that encrypted it, if it lies beside the current one."""
        self._require_ours(encrypted.root_id)
        found = self._ask(
            self._client.decrypt,
            KeyId=encrypted.root_id,
            CiphertextBlob=encrypted.ciphertext,
            EncryptionContext=_encryption_context(context),
        )
        return _bytes(found, "Plaintext")

    def current_id(self) -> str:
        """Return the ARN of the key behind the name in the settings."""
        return _text(self._described(self._key), "Arn")

    def rotate(self) -> None:
        """Make a key like the current one and move the alias to it.

        Raises:
            KeyRefused: the settings name one key by its ARN.
        """
        if ":key/" in self._key:
            raise KeyRefused("aws_kms_key names one key. Make another one in AWS and set its ARN, or name an alias.")
        current = self.current_id()
        policy = self._ask(self._client.get_key_policy, KeyId=current, PolicyName="default")
        made = self._ask(
            self._client.create_key,
            Policy=_text(policy, "Policy"),
            Description="Root key of Muniment",
            Tags=[{"TagKey": PREVIOUS, "TagValue": current}],
        )
        target = _text(made.get("KeyMetadata"), "KeyId")
        self._ask(self._client.update_alias, AliasName=self._key.rpartition(":")[2], TargetKeyId=target)

    def facts(self) -> list[RootKeyFacts]:
        """Return the current key and those that its tags lead back to."""
        found: list[RootKeyFacts] = []
        key_id = self._key
        while key_id and len(found) < MAXIMUM_KEYS:
            metadata = self._described(key_id)
            arn = _text(metadata, "Arn")
            found.append(
                RootKeyFacts(
                    id=arn,
                    adapter=ADAPTER,
                    algorithm=str(metadata.get("KeySpec", "SYMMETRIC_DEFAULT")),
                    created_at=metadata.get("CreationDate"),
                    is_current=not found,
                )
            )
            tags = self._ask(self._client.list_resource_tags, KeyId=arn).get("Tags", [])
            key_id = next((tag["TagValue"] for tag in tags if tag.get("TagKey") == PREVIOUS), "")
        return found

    def _described(self, key_id: str) -> dict[str, Any]:
        found = self._ask(self._client.describe_key, KeyId=key_id).get("KeyMetadata")
        if not isinstance(found, dict):
            raise Unreachable("AWS KMS answered something that is no answer of KMS")
        return found

    def _require_ours(self, arn: str) -> None:
        """Refuse a key of another region or account: whoever can write to the database must not choose who decrypts."""
        if not arn.startswith("arn:") or ":key/" not in arn:
            raise KeyRefused("a wrapped key names no key of AWS KMS")
        if not self._place:
            self._place = (self._key if self._key.startswith("arn:") else self.current_id()).split(":")[:5]
        if arn.split(":")[:5] != self._place:
            raise KeyMissing(f"{arn} is not in the region and account of aws_kms_key, so it is not asked for anything")

    def _ask(self, call: "Callable[..., dict[str, Any]]", **arguments: Any) -> dict[str, Any]:
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        try:
            return call(**arguments)
        except ClientError as error:
            raise _said(error.response) from error
        except BotoCoreError as error:
            raise Unreachable(f"AWS KMS cannot be asked: {type(error).__name__}") from error
        except (ValueError, TypeError, KeyError, AttributeError) as error:  # botocore's own parsers stumble like this
            raise Unreachable("AWS KMS answered something that is no answer of KMS") from error


def _said(response: dict[str, Any]) -> Exception:
    """Return the error for what KMS answered."""
    code = str(response.get("Error", {}).get("Code", ""))
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in _MISSING:
        return KeyMissing(f"AWS KMS does not hold the root key ({code}). Is aws_kms_key the right one?")
    if code in _CHANGED:
        return KeyRefused(f"AWS KMS does not open a wrapped key in this context ({code})")
    if code in _AWAY or status >= 500 or status == 429 or not code:  # noqa: PLR2004 (HTTP's own)
        return Unreachable(f"AWS KMS does not work right now ({code or status})")
    return KeyServiceDown(f"AWS KMS does not let the portal use the root key ({code})")


def _encryption_context(context: bytes) -> dict[str, str]:
    return {"muniment": "v1/" + quote_from_bytes(context, safe="")}


def _text(found: Any, name: str) -> str:
    value = found.get(name) if isinstance(found, dict) else None
    if not isinstance(value, str) or not value.isascii():
        raise Unreachable("AWS KMS answered something that is no answer of KMS")
    return value


def _bytes(found: Any, name: str) -> bytes:
    value = found.get(name) if isinstance(found, dict) else None
    if not isinstance(value, bytes):
        raise Unreachable("AWS KMS answered something that is no answer of KMS")
    return value

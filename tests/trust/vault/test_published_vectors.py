"""The ciphers under the vault, as published; and the vault's own format, as it must stay readable for ever."""

import json
import re
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV

from muniment.trust.vault.blobs.segments import Codec, Flag, body_size, read, sealed_size
from muniment.trust.vault.keys import wrapping

VECTORS = Path(__file__).parents[2] / "vectors"
Case = dict[str, str]


def cases(name: str) -> list[Case]:
    """Return every block of `Name = hex` lines that has a key; a lone word is a name with nothing."""
    blocks = re.split(r"\n\s*\n", (VECTORS / name).read_text())
    found = []
    for block in blocks:
        pairs = (line.partition("=") for line in block.splitlines() if not line.startswith(("#", "[")))
        case = {name.strip(): value.strip() for name, _, value in pairs}
        if {"Key", "IKM"} & set(case):
            found.append(case)
    return found


def value(case: Case, name: str) -> bytes:
    return bytes.fromhex(case[name])


ENCRYPT = cases("aes-256-gcm-encrypt.rsp")
DECRYPT = cases("aes-256-gcm-decrypt.rsp")
HKDF = cases("hkdf-sha256.txt")
SIV = cases("aes-256-siv.txt")
OURS: dict[str, Any] = json.loads((VECTORS / "mnb1.json").read_text())


def own_codec() -> Codec:
    return Codec(
        bytes.fromhex(OURS["key"]),
        UUID(OURS["client_id"]),
        UUID(OURS["blob_id"]),
        bytes.fromhex(OURS["salt"]),
    )


def test_no_vector_was_lost_on_the_way():
    assert [len(found) for found in (ENCRYPT, DECRYPT, HKDF, SIV)] == [75, 100, 3, 1]
    assert sum("FAIL" in case for case in DECRYPT) == 50
    assert {len(value(case, "Key")) for case in ENCRYPT + DECRYPT} == {32}


@pytest.mark.control("aes-256")
@pytest.mark.parametrize("case", ENCRYPT, ids=range(len(ENCRYPT)))
def test_aes_256_gcm_seals_as_nist_says(case: Case):
    plain, out = value(case, "PT"), bytearray(len(value(case, "PT")) + 16)

    sealed = AESGCM(value(case, "Key")).encrypt(value(case, "IV"), plain, value(case, "AAD"))
    AESGCM(value(case, "Key")).encrypt_into(value(case, "IV"), plain, value(case, "AAD"), out)

    assert sealed == out == value(case, "CT") + value(case, "Tag")


@pytest.mark.control("aes-256")
@pytest.mark.parametrize("case", DECRYPT, ids=range(len(DECRYPT)))
def test_aes_256_gcm_opens_or_refuses_as_nist_says(case: Case):
    sealed = value(case, "CT") + value(case, "Tag")

    if "FAIL" in case:
        with pytest.raises(InvalidTag):
            AESGCM(value(case, "Key")).decrypt(value(case, "IV"), sealed, value(case, "AAD"))
    else:
        plain = AESGCM(value(case, "Key")).decrypt(value(case, "IV"), sealed, value(case, "AAD"))
        assert plain == value(case, "PT")


@pytest.mark.parametrize("case", HKDF, ids=range(len(HKDF)))
def test_keys_are_derived_as_rfc_5869_says(case: Case):
    derived = wrapping.hkdf(
        value(case, "IKM"), salt=value(case, "salt"), info=value(case, "info"), length=int(case["L"])
    )

    assert derived == value(case, "OKM")


def test_aes_256_siv_is_that_of_openssl():
    case = SIV[0]

    sealed = AESSIV(value(case, "Key")).encrypt(value(case, "Plaintext"), [value(case, "AAD")])

    assert sealed == value(case, "Tag") + value(case, "Ciphertext")


@pytest.mark.parametrize("blob", OURS["blobs"], ids=["empty", "short"])
def test_a_blob_sealed_once_opens_for_ever(blob: Case):
    sealed, plain = bytes.fromhex(blob["sealed"]), bytes.fromhex(blob["plain"])

    opened = b"".join(read(own_codec(), lambda offset, size: sealed[offset : offset + size], len(plain)))

    assert opened == plain
    assert len(sealed) == sealed_size(len(plain))
    assert own_codec().check_footer(sealed[body_size(len(plain)) :]).length == len(plain)


def test_the_tail_of_an_upload_opens_after_an_upgrade():
    tail = OURS["tail"]

    opened = own_codec().open(bytes.fromhex(tail["sealed"]), tail["index"], Flag.TAIL)

    assert opened == bytes.fromhex(tail["plain"])


def test_a_key_wrapped_once_unwraps_for_ever():
    case = OURS["wrapped_key"]

    key = wrapping.unwrap(value(case, "wrapping_key"), value(case, "wrapped"), value(case, "context"))

    assert key == value(case, "key")

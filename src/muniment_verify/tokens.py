"""Time-stamp tokens: that an authority signed when it saw some bytes.

Source: RFC 3161, section 2.4.2; RFC 5652, sections 5.3 to 5.6; RFC 5816 for the certificate named by SHA-256.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from muniment_verify.certificates import Certificate, leads_to, read_certificate, seconds_in
from muniment_verify.der import OCTETS, SEQUENCE, SET, Value, parse
from muniment_verify.errors import NotValid, Unreadable
from muniment_verify.signatures import HASHES, is_signed

_SIGNED_DATA, _TST_INFO = "1.2.840.113549.1.7.2", "1.2.840.113549.1.9.16.1.4"
_CONTENT_TYPE, _MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
_SIGNING_CERTIFICATE, _SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.12", "1.2.840.113549.1.9.16.2.47"
_FIRST, _IMPLICIT = 0xA0, 0xA0
_GENERALIZED_TIME = 0x18
_LARGEST_TOKEN = 65_536
_FORMAT = "A time stamp is not in the format."


@dataclass(frozen=True)
class Stamp:
    """A right time stamp: when (seconds since 1970), and by whom."""

    at: float
    authority: str


def check_token(raw: bytes, stamped: bytes, given: Sequence[bytes]) -> Stamp | None:
    """Return what a token (DER) says of the bytes that were stamped; nothing when no given authority signed it.

    `given` are the certificates (DER) that the person trusts: the authority's own, or one above it.

    Raises:
        Unreadable: it is no token.
        NotValid: it is over other bytes, or a signature or certificate is wrong.
    """
    if len(raw) > _LARGEST_TOKEN:
        raise Unreadable("A time stamp is too large to be one.")
    try:
        return _checked(raw, stamped, [read_certificate(one) for one in given])
    except (ValueError, IndexError, KeyError):
        raise Unreadable(_FORMAT) from None


def _checked(raw: bytes, stamped: bytes, given: Sequence[Certificate]) -> Stamp | None:
    kind, inside = parse(raw).as_(SEQUENCE).children()
    if kind.oid() != _SIGNED_DATA:
        raise Unreadable(_FORMAT)
    fields = parse(inside.as_(_FIRST).content).as_(SEQUENCE).children()
    content_kind, content = fields[2].as_(SEQUENCE).children()
    info = parse(content.as_(_FIRST).content).as_(OCTETS).content
    (signer_info,) = fields[-1].as_(SET).children()
    if content_kind.oid() != _TST_INFO:
        raise Unreadable(_FORMAT)
    at = _imprinted(info, stamped)
    embedded = [read_certificate(one.raw) for field in fields[3:-1] if field.tag == _FIRST for one in field.children()]
    signer = _signer(signer_info, info, (*given, *embedded))
    if not signer.may_stamp_times:
        raise NotValid(f"The certificate of {signer.name} is not one for time stamps.")
    return Stamp(at, signer.name) if leads_to(signer, given, embedded, at) else None


def _imprinted(info: bytes, stamped: bytes) -> float:
    """Return the time in a token, having checked that the token is over these bytes."""
    fields = parse(info).as_(SEQUENCE).children()
    algorithm, imprint = fields[2].as_(SEQUENCE).children()
    name = _hash_of(algorithm)
    if imprint.as_(OCTETS).content != hashlib.new(name, stamped).digest():
        raise NotValid("A time stamp is over another checkpoint of the register than the export says.")
    return seconds_in(fields[4].as_(_GENERALIZED_TIME))


def _hash_of(algorithm: Value) -> str:
    name = HASHES.get(algorithm.as_(SEQUENCE).children()[0].oid())
    if name is None:
        raise Unreadable("A time stamp uses a hash that is not known here, or not safe any more.")
    return name


def _signer(signer_info: Value, info: bytes, known: Sequence[Certificate]) -> Certificate:
    """Return whose signature is on a token, having checked it."""
    fields = signer_info.as_(SEQUENCE).children()
    _, who, digest, attributes, algorithm, signature = fields[:6]
    name = _hash_of(digest)
    said = _attributes(attributes.as_(_IMPLICIT))
    if said[_CONTENT_TYPE].oid() != _TST_INFO:
        raise Unreadable(_FORMAT)
    if said[_MESSAGE_DIGEST].as_(OCTETS).content != hashlib.new(name, info).digest():
        raise NotValid("A time stamp was changed after it was signed.")
    issuer, serial = who.as_(SEQUENCE).children()
    for one in known:
        if one.issuer == issuer.raw and one.serial == serial.number() and _is_named(one, said):
            as_set = bytes([SET]) + attributes.raw[1:]  # what is signed has the tag of a set: RFC 5652, section 5.4
            if not is_signed(one.public_key, algorithm, name, as_set, signature.as_(OCTETS).content):
                raise NotValid(f"The signature of {one.name} under a time stamp is wrong.")
            return one
    raise NotValid("A time stamp does not hold the certificate of who signed it.")


def _attributes(attributes: Value) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for attribute in attributes.children():
        kind, values = attribute.as_(SEQUENCE).children()
        if kind.oid() in found:
            raise Unreadable(_FORMAT)
        found[kind.oid()] = values.as_(SET).children()[0]
    return found


def _is_named(certificate: Certificate, said: dict[str, Value]) -> bool:
    """Tell whether the signed attributes name this certificate by its hash, so that none can be put in its place."""
    if _SIGNING_CERTIFICATE_V2 in said:
        fields = said[_SIGNING_CERTIFICATE_V2].children()[0].children()[0].children()
        name = _hash_of(fields[0]) if fields[0].tag == SEQUENCE else "sha256"
        digest = fields[1] if fields[0].tag == SEQUENCE else fields[0]
        return digest.as_(OCTETS).content == hashlib.new(name, certificate.raw).digest()
    first = said[_SIGNING_CERTIFICATE].children()[0].children()[0].children()[0]
    return first.as_(OCTETS).content == hashlib.sha1(certificate.raw, usedforsecurity=False).digest()

"""Certificates of time-stamping authorities: read them, and follow one up to those that the person gave.

Source: RFC 5280, sections 4.1 and 6.1, as far as an authority's short chain needs them; revocation is not looked at.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone

from muniment_verify.der import OCTETS, SEQUENCE, Value, parse
from muniment_verify.errors import NotValid, Unreadable
from muniment_verify.reading import shown
from muniment_verify.signatures import is_signed

LONGEST_CHAIN = 5
_EXPLICIT_VERSION, _EXTENSIONS = 0xA0, 0xA3
_UTC_TIME, _GENERALIZED_TIME = 0x17, 0x18
_MOST_CERTIFICATES = 50
_BASIC_CONSTRAINTS, _EXTENDED_USE, _COMMON_NAME = "2.5.29.19", "2.5.29.37", "2.5.4.3"
_TIME_STAMPING = "1.3.6.1.5.5.7.3.8"
_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----")
_TRUE = b"\xff"


@dataclass(frozen=True)
class Certificate:
    """A certificate, taken apart and not yet verified; times are seconds since 1970."""

    raw: bytes
    signed: bytes
    algorithm: Value
    signature: bytes
    serial: int
    issuer: bytes
    subject: bytes
    not_before: float
    not_after: float
    public_key: bytes
    extensions: dict[str, bytes]

    @property
    def name(self) -> str:
        """Return whose certificate it is, for people."""
        for group in parse(self.subject).children():
            for pair in group.children():
                kind, value = pair.children()[:2]
                if kind.oid() == _COMMON_NAME:
                    return shown(value.content.decode("utf-8", "replace"))
        return "an authority without a name"

    @property
    def may_stamp_times(self) -> bool:
        """Return whether the key may sign time stamps."""
        uses = self.extensions.get(_EXTENDED_USE)
        return uses is not None and _TIME_STAMPING in [use.oid() for use in parse(uses).children()]

    @property
    def may_certify(self) -> bool:
        """Return whether the key may sign certificates."""
        limits = self.extensions.get(_BASIC_CONSTRAINTS)
        inside = parse(limits).children() if limits is not None else []
        return bool(inside) and inside[0].content == _TRUE


def read_certificate(raw: bytes) -> Certificate:
    """Return a certificate (DER).

    Raises:
        Unreadable: it is none.
    """
    try:
        body, algorithm, signature = parse(raw).as_(SEQUENCE).children()
        fields = body.as_(SEQUENCE).children()
        if fields[0].tag == _EXPLICIT_VERSION:
            fields = fields[1:]
        serial, _, issuer, validity, subject, public_key = fields[:6]
        begins, ends = validity.children()
        return Certificate(
            raw=raw,
            signed=body.raw,
            algorithm=algorithm,
            signature=signature.bits(),
            serial=serial.number(),
            issuer=issuer.raw,
            subject=subject.as_(SEQUENCE).raw,
            not_before=seconds_in(begins),
            not_after=seconds_in(ends),
            public_key=public_key.raw,
            extensions=_extensions(fields[6:]),
        )
    except (ValueError, IndexError):
        raise Unreadable("A certificate is not in the format.") from None


def _extensions(fields: Sequence[Value]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for field in fields:
        if field.tag == _EXTENSIONS:
            for extension in parse(field.content).children():
                parts = extension.children()
                found[parts[0].oid()] = parts[-1].as_(OCTETS).content
    return found


def seconds_in(value: Value) -> float:
    """Return a UTCTime or GeneralizedTime in seconds since 1970.

    Raises:
        Unreadable: it is neither, or not in UTC.
    """
    text = value.content.decode("ascii", "replace")
    if value.tag == _UTC_TIME:
        text = ("19" if text[:2] >= "50" else "20") + text
    match = re.fullmatch(r"(\d{14})(?:\.(\d{1,6})\d*)?Z", text, re.ASCII)
    if match is None or value.tag not in (_UTC_TIME, _GENERALIZED_TIME):
        raise Unreadable("A time in a time stamp or a certificate is not in the format.")
    try:
        whole = datetime.strptime(match[1], "%Y%m%d%H%M%S").replace(tzinfo=timezone.utc)
    except ValueError:
        raise Unreadable("A time in a time stamp or a certificate does not exist.") from None
    return whole.timestamp() + float(f"0.{match[2] or 0}")


def read_certificates(raw: bytes) -> tuple[bytes, ...]:
    """Return the certificates (DER) of a PEM file.

    Raises:
        Unreadable: there is none in it, or one is broken.
    """
    found = []
    for encoded in _PEM.findall(raw):
        try:
            found.append(base64.b64decode(b"".join(encoded.split()), validate=True))
        except binascii.Error:
            raise Unreadable("A certificate in the PEM file is not base64.") from None
        read_certificate(found[-1])
    if not found or len(found) > _MOST_CERTIFICATES:
        raise Unreadable("This is not a PEM file of one or a few certificates.")
    return tuple(found)


def leads_to(certificate: Certificate, given: Sequence[Certificate], others: Sequence[Certificate], at: float) -> bool:
    """Tell whether a certificate is one of those given, or signed by one, perhaps through a few `others`.

    Raises:
        NotValid: one on the way was not valid at the time.
    """
    here = certificate
    for _ in range(LONGEST_CHAIN):
        if not here.not_before <= at <= here.not_after:
            raise NotValid(f"The certificate of {here.name} was not valid at the time of the stamp.")
        if any(here.raw == one.raw for one in given):
            return True
        issuers = [one for one in (*given, *others) if one.subject == here.issuer and one.may_certify]
        signing = [one for one in issuers if is_signed(one.public_key, here.algorithm, "", here.signed, here.signature)]
        if not signing:
            return False
        here = signing[0]
    return False

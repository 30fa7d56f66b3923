"""RSA and ECDSA, verification only, for the time stamps of authorities.

Source: RFC 8017, section 8.2.2; FIPS 186-5, section 6.4.2.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from muniment_verify.der import SEQUENCE, Value, parse
from muniment_verify.errors import Unreadable

HASHES = {
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}
_RSA, _EC = "1.2.840.113549.1.1.1", "1.2.840.10045.2.1"
_SIGNING = {
    "1.2.840.113549.1.1.11": "sha256",
    "1.2.840.113549.1.1.12": "sha384",
    "1.2.840.113549.1.1.13": "sha512",
    "1.2.840.10045.4.3.2": "sha256",
    "1.2.840.10045.4.3.3": "sha384",
    "1.2.840.10045.4.3.4": "sha512",
}
_PREFIXES = {
    "sha256": bytes.fromhex("3031300d060960864801650304020105000420"),
    "sha384": bytes.fromhex("3041300d060960864801650304020205000430"),
    "sha512": bytes.fromhex("3051300d060960864801650304020305000440"),
}
_SMALLEST_RSA, _LARGEST_RSA = 2048, 8192


@dataclass(frozen=True)
class Curve:
    """A curve y^2 = x^3 - 3x + b over a prime, with a base point of prime order."""

    p: int
    b: int
    order: int
    x: int
    y: int


_CURVES = {
    "1.2.840.10045.3.1.7": Curve(
        0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF,
        0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
        0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
        0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
        0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
    ),
    "1.3.132.0.34": Curve(
        0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFFFF0000000000000000FFFFFFFF,
        0xB3312FA7E23EE7E4988E056BE3F82D19181D9C6EFE8141120314088F5013875AC656398D8A2ED19D2A85C8EDD3EC2AEF,
        0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
        0xAA87CA22BE8B05378EB1C71EF320AD746E1D3B628BA79B9859F741E082542A385502F25DBF55296C3A545E3872760AB7,
        0x3617DE4A96262C6F5D9E98BF9292DC29F8F41DBD289A147CE9DA3113B5F0B8C00A60B1CE1D7E819D7A431D7C90EA0E5F,
    ),
}


def is_signed(public_key: bytes, algorithm: Value, digest_name: str, message: bytes, signature: bytes) -> bool:
    """Tell whether a signature is that of a public key (DER, SubjectPublicKeyInfo).

    `algorithm` is the AlgorithmIdentifier beside the signature; where it names no hash, `digest_name` does.

    Raises:
        Unreadable: the key or the algorithm is not one that is known here.
    """
    named = algorithm.as_(SEQUENCE).children()[0].oid()
    name = digest_name if named in (_RSA, _EC) else _SIGNING.get(named)
    if name is None:
        raise Unreadable(f"A time stamp or a certificate is signed in a way that is not known here ({named}).")
    kind, encoded = parse(public_key).as_(SEQUENCE).children()[:2]
    parts = kind.children()
    if parts[0].oid() == _RSA:
        return _rsa(encoded.bits(), name, message, signature)
    curve = _CURVES.get(parts[1].oid()) if parts[0].oid() == _EC and len(parts) > 1 else None
    if curve is None:
        raise Unreadable("A time stamp or a certificate has a key of a kind that is not known here.")
    return _ecdsa(curve, encoded.bits(), hashlib.new(name, message).digest(), signature)


def _rsa(encoded: bytes, name: str, message: bytes, signature: bytes) -> bool:
    modulus, exponent = (part.number() for part in parse(encoded).as_(SEQUENCE).children()[:2])
    if not _SMALLEST_RSA <= modulus.bit_length() <= _LARGEST_RSA or not 3 <= exponent < 1 << 32:  # noqa: PLR2004 - 3 is the least
        raise Unreadable("An RSA key has a size that is not used.")
    length = (modulus.bit_length() + 7) // 8
    value = int.from_bytes(signature, "big")
    if len(signature) != length or value >= modulus:
        return False
    digest = _PREFIXES[name] + hashlib.new(name, message).digest()
    wanted = b"\x00\x01" + b"\xff" * (length - len(digest) - 3) + b"\x00" + digest
    return pow(value, exponent, modulus).to_bytes(length, "big") == wanted


def _ecdsa(curve: Curve, encoded: bytes, digest: bytes, signature: bytes) -> bool:
    length = (curve.p.bit_length() + 7) // 8
    if len(encoded) != 1 + 2 * length or encoded[0] != 4:  # noqa: PLR2004 - 4 marks an uncompressed point
        raise Unreadable("An elliptic-curve key is written in a way that is not known here.")
    x, y = int.from_bytes(encoded[1 : 1 + length], "big"), int.from_bytes(encoded[1 + length :], "big")
    if x >= curve.p or y >= curve.p or (y * y - x * x * x + 3 * x - curve.b) % curve.p:
        raise Unreadable("An elliptic-curve key is not on its curve.")
    try:
        numbers = [part.number() for part in parse(signature).as_(SEQUENCE).children()]
    except Unreadable:
        return False
    if len(numbers) != 2 or not all(0 < number < curve.order for number in numbers):  # noqa: PLR2004 - r and s
        return False
    r, s = numbers
    shift = max(len(digest) * 8 - curve.order.bit_length(), 0)
    inverse = pow(s, -1, curve.order)
    one = (int.from_bytes(digest, "big") >> shift) * inverse % curve.order
    other = r * inverse % curve.order
    found = _add(curve, _times(curve, one, (curve.x, curve.y)), _times(curve, other, (x, y)))
    return found is not None and found[0] % curve.order == r


def _add(curve: Curve, one: tuple[int, int] | None, other: tuple[int, int] | None) -> tuple[int, int] | None:
    if one is None or other is None:
        return one or other
    if one[0] == other[0]:
        if (one[1] + other[1]) % curve.p == 0:
            return None
        slope = (3 * one[0] * one[0] - 3) * pow(2 * one[1], -1, curve.p)
    else:
        slope = (other[1] - one[1]) * pow(other[0] - one[0], -1, curve.p)
    x = (slope * slope - one[0] - other[0]) % curve.p
    return (x, (slope * (one[0] - x) - one[1]) % curve.p)


def _times(curve: Curve, factor: int, point: tuple[int, int]) -> tuple[int, int] | None:
    found: tuple[int, int] | None = None
    adding: tuple[int, int] | None = point
    while factor:
        if factor & 1:
            found = _add(curve, found, adding)
        adding = _add(curve, adding, adding)
        factor >>= 1
    return found

"""Asks the time-stamp authority of the settings to confirm when a head of the register was there.

Source: RFC 3161; RFC 3161, section 3.4, for HTTP.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.x509 import Certificate
from django.db import connection, transaction
from rfc3161_client import (
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from muniment.core import clock, config
from muniment.trust.audit.confirming import posting
from muniment.trust.audit.models import RegisterHead, TimeStamp
from muniment.trust.audit.types import Outcome
from muniment_verify.notes import parse_note

EVERY = timedelta(minutes=58)  # looked at every five minutes: this makes it an hour
CLOCKS_SECONDS = 300.0
QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"
_REMEMBER = """
insert into confirmer (name, outcome, size, asked_at, confirmed_at) values (%s, %s, %s, %s, %s)
on conflict (name) do update set outcome = excluded.outcome, size = greatest(excluded.size, confirmer.size),
  asked_at = excluded.asked_at, confirmed_at = coalesce(excluded.confirmed_at, confirmer.confirmed_at)
"""
_KEEP = "insert into time_stamp (size, authority, token, at) values (%s, %s, %s, %s) on conflict do nothing"


@dataclass(frozen=True)
class Token:
    """A token that was verified."""

    raw: bytes
    authority: str
    at: datetime


class _Failed(Exception):
    """There is no token that could be kept."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome)
        self.outcome = outcome


def stamp() -> Outcome | None:
    """Have the newest head of the register stamped, once an hour; nothing when there is nothing to do."""
    present = config.current()
    head = RegisterHead.objects.order_by("-size").first()
    if head is None or present.time_stamp_url is None or present.time_stamp_authority is None:
        return None
    last = TimeStamp.objects.order_by("-size").first()
    if last is not None and (last.size >= head.size or clock.now() - last.at < EVERY):
        return None
    try:
        token = token_over(present.time_stamp_url, parse_note(head.note).text.encode(), present.time_stamp_authority)
    except _Failed as failed:
        return _save(present.time_stamp_url, head.size, failed.outcome, None)
    return _save(present.time_stamp_url, head.size, Outcome.CONFIRMED, token)


def token_over(url: str, text: bytes, authority: Path) -> Token:
    """Return a token of the authority at `url` over `text`, verified up to the certificates in `authority`."""
    request = TimestampRequestBuilder().data(text).nonce(nonce=True).cert_request(cert_request=True).build()
    try:
        answer = posting.post(url, request.as_bytes(), QUERY)
    except posting.Unreachable as error:
        raise _Failed(Outcome.UNREACHABLE) from error
    if answer.status != 200 or answer.media_type != REPLY:  # noqa: PLR2004 - OK
        raise _Failed(Outcome.REFUSED)
    try:
        response = decode_timestamp_response(answer.body)
    except ValueError as error:
        raise _Failed(Outcome.UNREADABLE) from error
    builder = VerifierBuilder.from_request(request)
    try:
        for certificate in x509.load_pem_x509_certificates(authority.read_bytes()):
            builder = builder.add_root_certificate(certificate)
        signer = _signer(response)
        builder.build().verify_message(response, text)
    except (VerificationError, ValueError, OSError) as error:
        raise _Failed(Outcome.WRONG_SIGNATURE) from error
    at = response.tst_info.gen_time
    if abs((clock.now() - at).total_seconds()) > CLOCKS_SECONDS:
        raise _Failed(Outcome.WRONG_CLOCK)
    return Token(response.time_stamp_token(), signer.subject.rfc4514_string(), at)


def _signer(response: TimeStampResponse) -> Certificate:
    """Return the certificate that the token names as its signer's, which must be inside it.

    Raises:
        ValueError: it is not.
    """
    (info,) = response.signed_data.signer_infos
    for raw in response.signed_data.certificates:
        certificate = x509.load_der_x509_certificate(raw)
        if certificate.issuer == info.issuer and certificate.serial_number == info.serial_number:
            return certificate
    raise ValueError("the token does not hold its signer's certificate")


def _save(name: str, size: int, outcome: Outcome, token: Token | None) -> Outcome:
    now = clock.now()
    with transaction.atomic(), connection.cursor() as cursor:
        if token is not None:
            cursor.execute(_KEEP, [size, token.authority, token.raw, token.at])
        confirmed = (size, now) if token is not None else (0, None)
        cursor.execute(_REMEMBER, [name, str(outcome), confirmed[0], now, confirmed[1]])
    return outcome

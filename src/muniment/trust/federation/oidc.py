"""OpenID Connect: ask a provider who somebody is, by code and PKCE, and believe its answer only where it proves it.

What is checked: the signature with a key of the provider, under an algorithm of public keys alone; issuer, audience,
authorised party, times, nonce; the issuer of the response where it is named. Every refusal has a word for the log.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import quote, urlencode

import jwt
from django.core.cache import cache
from django.utils.crypto import constant_time_compare

from muniment.core import clock
from muniment.trust.federation import fetching
from muniment.trust.federation.errors import AnswerForged, MetadataUnusable, ProviderUnreachable
from muniment.trust.federation.types import LEEWAY, MFA_CLASSES, MFA_WORDS, Asserted

ALGORITHMS: Final = {
    "RS256": "RSA",
    "RS384": "RSA",
    "RS512": "RSA",
    "PS256": "RSA",
    "PS384": "RSA",
    "PS512": "RSA",
    "ES256": "EC",
    "ES384": "EC",
    "ES512": "EC",
    "EdDSA": "OKP",
}
"""Signatures with a private key, and the kind of key each needs: neither `none` nor secrets shared with us (HS)."""

OLDEST: Final = timedelta(minutes=10)
LONGEST_SUBJECT: Final = 255
LONGEST_TOKEN: Final = 64 * 1024
MOST_GROUPS: Final = 500
LOGGED_OUT: Final = "http://schemas.openid.net/event/backchannel-logout"
_KEPT: Final = timedelta(hours=1)
_AGAIN: Final = timedelta(seconds=60)
_NEEDED: Final = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
_SMALLEST_RSA_BITS: Final = 2048
_UNOWNED: Final = (False, "0", "false")  # 0 is False


@dataclass(frozen=True)
class Issuer:
    """One provider as we know it: what it calls us, our secret, and what it says of itself."""

    issuer: str
    client_id: str
    secret: str
    vouches: bool  # it is the client's own directory: addresses that it calls neither verified nor not are its own
    groups_claim: str
    hosted_domain: bool  # Google: only accounts of an organisation, and only with addresses of its own domain


@dataclass(frozen=True)
class Asked:
    """One question to a provider, as the browser's session keeps it."""

    state: str
    nonce: str
    verifier: str
    redirect_uri: str
    fresh: bool
    begun_at: datetime


_documents: dict[str, tuple[datetime, dict[str, Any]]] = {}
_keys: dict[str, tuple[datetime, list[dict[str, Any]]]] = {}


def forget() -> None:
    """Fetch everything anew, because somebody changed a provider or asks for a test."""
    _documents.clear()
    _keys.clear()


def discover(issuer: str) -> dict[str, Any]:
    """Return what an issuer says of itself, fetched at most once an hour.

    Raises:
        AddressForbidden, ProviderUnreachable: as `fetching.fetch`.
        MetadataUnusable: it names another issuer, or lacks an address.
    """
    fetching.checked(issuer)
    kept = _documents.get(issuer)
    if kept and clock.now() - kept[0] < _KEPT:
        return kept[1]
    found = _parsed(fetching.fetch_document(issuer.rstrip("/") + "/.well-known/openid-configuration"))
    if found.get("issuer") != issuer or not all(isinstance(found.get(name), str) for name in _NEEDED):
        raise MetadataUnusable
    for name in _NEEDED:
        fetching.checked(found[name])
    _documents[issuer] = (clock.now(), found)
    return found


def question(provider: Issuer, asked: Asked, *, hint: str = "", max_age_seconds: int | None = None) -> str:
    """Return the address that the browser is sent to.

    Raises:
        AddressForbidden, ProviderUnreachable, MetadataUnusable: as `discover`.
    """
    endpoint = discover(provider.issuer)["authorization_endpoint"]
    challenge = base64.urlsafe_b64encode(hashlib.sha256(asked.verifier.encode()).digest()).rstrip(b"=").decode()
    given = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": asked.redirect_uri,
        "scope": "openid email profile",
        "state": asked.state,
        "nonce": asked.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    if hint:
        given["login_hint"] = hint
    if asked.fresh:
        given |= {"prompt": "login", "max_age": "0"}
    elif max_age_seconds is not None:
        given["max_age"] = str(max_age_seconds)
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(given)}"


def answered(provider: Issuer, asked: Asked, answer: Mapping[str, str]) -> Asserted:
    """Return who somebody is, by the parameters with which the browser came back.

    Raises:
        AnswerForged: something does not prove what it must.
        ProviderUnreachable: the provider does not answer.
    """
    if not constant_time_compare(answer.get("state", ""), asked.state):
        raise AnswerForged("state")
    document = discover(provider.issuer)
    named = "iss" in answer or bool(document.get("authorization_response_iss_parameter_supported"))  # RFC 9207
    if named and answer.get("iss") != provider.issuer:
        raise AnswerForged("iss")
    if "error" in answer or not answer.get("code"):
        raise AnswerForged("denied")
    tokens = _redeem(provider, asked, document, answer["code"])
    claims = verified(provider, str(tokens.get("id_token") or ""), document)
    if not constant_time_compare(str(claims.get("nonce") or ""), asked.nonce):
        raise AnswerForged("nonce")
    if not claims.get("email") and isinstance(document.get("userinfo_endpoint"), str):
        claims = _with_userinfo(claims, document["userinfo_endpoint"], str(tokens.get("access_token") or ""))
    found = _asserted(provider, claims)
    if asked.fresh and not found.was_proved_since(asked.begun_at):
        raise AnswerForged("auth_time")
    return found


def signed_out(provider: Issuer, token: str) -> tuple[str, str]:
    """Return whom a provider signed out, by subject and session, either of which may be empty (back-channel log-out).

    Raises:
        AnswerForged: it does not prove what it must, or was said before.
        ProviderUnreachable: the provider's keys cannot be fetched.
    """
    claims = verified(provider, token, discover(provider.issuer))
    events, name = claims.get("events"), _text(claims.get("jti"))
    if not isinstance(events, dict) or not isinstance(events.get(LOGGED_OUT), dict) or "nonce" in claims:
        raise AnswerForged("events")
    subject, session = _text(claims.get("sub")), _text(claims.get("sid"))
    if not (subject or session):
        raise AnswerForged("sub")
    kept_seconds = int((OLDEST + LEEWAY * 2).total_seconds())
    if not name or not cache.add(f"signed-out:{provider.issuer}:{name}", 1, kept_seconds):
        raise AnswerForged("replay")
    return subject, session


def verified(provider: Issuer, token: str, document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the claims of a token that the provider signed for us, in time; a nonce is the caller's to check.

    Raises:
        AnswerForged: it proves nothing, or something else.
        AddressForbidden, ProviderUnreachable: its keys cannot be fetched.
    """
    if not token or len(token) > LONGEST_TOKEN:
        raise AnswerForged("token")
    try:
        header = jwt.get_unverified_header(token)
    except jwt.PyJWTError as error:
        raise AnswerForged("token") from error
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise AnswerForged("alg")
    key = _key(str(document["jwks_uri"]), algorithm, header.get("kid"))
    ours = ("exp", "iat", "nbf", "aud", "iss", "sub", "jti")  # checked below, each with its own word for the log
    options: Any = {f"verify_{name}": False for name in ours}
    try:
        claims: dict[str, Any] = jwt.decode(token, key=key, algorithms=[algorithm], options=options)
    except jwt.PyJWTError as error:
        raise AnswerForged("signature") from error
    _check(provider, claims)
    return claims


def _check(provider: Issuer, claims: Mapping[str, Any]) -> None:
    if claims.get("iss") != provider.issuer:
        raise AnswerForged("iss")
    given = claims.get("aud")
    audiences = [given] if isinstance(given, str) else given
    if not isinstance(audiences, list) or provider.client_id not in audiences:
        raise AnswerForged("aud")
    party = claims.get("azp")
    if (len(audiences) > 1 or party is not None) and party != provider.client_id:
        raise AnswerForged("azp")
    now = clock.now()
    issued, ends, starts = (_moment(claims.get(name)) for name in ("iat", "exp", "nbf"))
    if ends is None or ends <= now - LEEWAY:  # never added to what it said: the last of all moments has no next
        raise AnswerForged("exp")
    if issued is None or issued > now + LEEWAY or issued < now - OLDEST:
        raise AnswerForged("iat")
    if starts is not None and starts > now + LEEWAY:
        raise AnswerForged("nbf")


def _redeem(provider: Issuer, asked: Asked, document: Mapping[str, Any], code: str) -> dict[str, Any]:
    """Return the tokens for a code; only this browser's session knows the verifier."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": asked.redirect_uri,
        "code_verifier": asked.verifier,
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    methods = document.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    if provider.secret and "client_secret_basic" in methods:
        pair = f"{quote(provider.client_id, safe='')}:{quote(provider.secret, safe='')}"  # RFC 6749, 2.3.1
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    else:
        form["client_id"] = provider.client_id
        if provider.secret:
            form["client_secret"] = provider.secret
    answer = fetching.fetch(document["token_endpoint"], body=urlencode(form).encode(), headers=headers)
    if answer.status != 200:  # noqa: PLR2004 - OK
        raise AnswerForged("code")
    return _parsed(answer.body)


def _with_userinfo(claims: dict[str, Any], endpoint: str, access_token: str) -> dict[str, Any]:
    """Return the claims with those of the provider's page about the person; it must speak of the same one."""
    if not access_token.isascii() or not access_token.isprintable():
        raise AnswerForged("token")
    answer = fetching.fetch(endpoint, headers={"Authorization": f"Bearer {access_token}"})
    found = _parsed(answer.body) if answer.status == 200 else {}  # noqa: PLR2004 - OK
    if found and found.get("sub") != claims.get("sub"):
        raise AnswerForged("sub")
    return {**found, **claims}


def _asserted(provider: Issuer, claims: Mapping[str, Any]) -> Asserted:
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
        raise AnswerForged("sub")
    groups = claims.get(provider.groups_claim)
    return Asserted(
        issuer=provider.issuer,
        subject=subject,
        email=_address(provider, claims),
        name=_text(claims.get("name")) or " ".join(_text(claims.get(n)) for n in ("given_name", "family_name")).strip(),
        has_mfa=has_mfa(claims.get("amr"), claims.get("acr")),
        authenticated_at=_moment(claims.get("auth_time")),
        groups=tuple(one for one in groups if isinstance(one, str))[:MOST_GROUPS] if isinstance(groups, list) else (),
        session=_text(claims.get("sid")),
    )


def has_mfa(methods: Any, context: Any) -> bool:
    """Return whether `amr` or `acr` prove that more than one thing was asked for."""
    said = {word for word in methods if isinstance(word, str)} if isinstance(methods, list) else set()
    if "mfa" in said or (isinstance(context, str) and context in MFA_CLASSES):
        return True
    return "pwd" in said and bool(said & MFA_WORDS)


def _address(provider: Issuer, claims: Mapping[str, Any]) -> str:
    """Return the address if the provider says that it is theirs; else nothing."""
    email, said = _text(claims.get("email")).lower(), claims.get("email_verified")
    if claims.get("xms_edov") in _UNOWNED:  # Microsoft: the address is in no domain that the tenant proved
        return ""
    if not email and provider.vouches:
        email = _text(claims.get("preferred_username")).lower()
    verified_ = said is True or said == "true" or (said is None and provider.vouches)
    if provider.hosted_domain:
        verified_ = verified_ and _text(claims.get("hd")).lower() == email.rpartition("@")[2]
    return email if verified_ and email.count("@") == 1 else ""


def _key(address: str, algorithm: str, key_id: Any) -> Any:
    """Return the provider's public key for a token; fetched again when it is not known yet."""
    kept = _keys.get(address)
    now = clock.now()
    found = _fitting(kept[1], algorithm, key_id) if kept and now - kept[0] < _KEPT else None
    if found is None and (kept is None or now - kept[0] > _AGAIN):
        rows = _parsed(fetching.fetch_document(address)).get("keys")
        fresh = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
        _keys[address] = (now, fresh)
        found = _fitting(fresh, algorithm, key_id)
    if found is None:
        raise AnswerForged("key")
    return found


def _fitting(rows: list[dict[str, Any]], algorithm: str, key_id: Any) -> Any:
    """Return the one key of the right kind with this id, or the only one where the token names none."""
    of_kind = [
        row
        for row in rows
        if row.get("kty") == ALGORITHMS[algorithm]
        and row.get("use", "sig") == "sig"
        and row.get("alg", algorithm) == algorithm
    ]
    chosen = [row for row in of_kind if row.get("kid") == key_id] if key_id is not None else of_kind
    if len(chosen) != 1:
        return None
    try:
        key = jwt.PyJWK(chosen[0], algorithm=algorithm).key
    except jwt.PyJWTError as error:
        raise AnswerForged("key") from error
    if getattr(key, "key_size", _SMALLEST_RSA_BITS) < _SMALLEST_RSA_BITS and ALGORITHMS[algorithm] == "RSA":
        raise AnswerForged("key")
    return key


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ProviderUnreachable from error
    if not isinstance(found, dict):
        raise ProviderUnreachable
    return found


def _moment(value: Any) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _text(value: Any) -> str:
    return " ".join(value.split()) if isinstance(value, str) and value.isprintable() else ""

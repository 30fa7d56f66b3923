"""Answer a directory: its token, then the protocol."""

import json
from dataclasses import replace
from typing import Any
from uuid import UUID

import structlog
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from scim2_models import Error, PayloadTooLargeException, SCIMException
from scim2_server.handler import ScimHandler
from scim2_server.requests import ScimRequest
from scim2_server.responses import SCIM_MEDIA_TYPE

from muniment.core.actor import Actor
from muniment.core.errors import PortalError
from muniment.trust.federation.scim import actions, queries
from muniment.trust.federation.scim.errors import TokenRefused, TooManyRequests
from muniment.trust.federation.scim.models import DirectoryToken
from muniment.trust.federation.scim.service import SERVICE
from muniment.trust.federation.scim.storage import Records
from muniment.trust.federation.scim.types import BODY_MOST, FAILURES, FAILURES_SECONDS, REQUESTS_A_MINUTE
from muniment.trust.identity import actions as identity
from muniment.trust.identity import queries as people

log = structlog.get_logger("muniment.directory")
READING = frozenset({"GET", "HEAD"})
UNAUTHORISED = 401


def answer(request: HttpRequest, client_id: UUID, path: str) -> HttpResponse:
    """Answer one request, refusals in the words of the protocol."""
    try:
        actor, token = _proved(request, client_id)
        return _answer(request, actor, token, path)
    except PortalError as refusal:
        return _refused(refusal)
    except SCIMException as refusal:
        response = SERVICE.error_response(refusal)
        return _response(response.status, response.body, response.headers)


def _proved(request: HttpRequest, client_id: UUID) -> tuple[Actor, DirectoryToken]:
    """Return who asks, and by which token.

    Raises:
        TokenRefused: by none that counts here.
        TooManyRequests: too many useless tokens came from there, or too many requests with this one.
    """
    place = people.visitor(request)
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    try:
        if scheme.casefold() != "bearer" or not given:
            raise TokenRefused
        token = queries.token_behind(client_id, given.strip())
    except TokenRefused as refusal:
        if identity.count_from("directory token", place.ip, window_seconds=FAILURES_SECONDS) > FAILURES:
            raise TooManyRequests from refusal
        raise
    if identity.count_from(f"directory {token.id}", "", window_seconds=60) > REQUESTS_A_MINUTE:
        raise TooManyRequests
    purpose = f"SCIM token {token.name}"
    return replace(place, kind="system", client_id=client_id, via_api=True, purpose=purpose), token


def _answer(request: HttpRequest, actor: Actor, token: DirectoryToken, path: str) -> HttpResponse:
    try:
        body = request.body
    except RequestDataTooBig as error:
        raise PayloadTooLargeException from error
    if len(body) > BODY_MOST:
        raise PayloadTooLargeException
    asked = ScimRequest(
        method=str(request.method),
        base_url=request.build_absolute_uri(request.path[: len(request.path) - len(path)]).rstrip("/"),
        path="/" + path.removesuffix(".scim"),
        query=request.GET.dict(),
        headers=dict(request.headers),
        body=body,
    )
    if request.method in READING:
        actions.note_reading(actor, token_id=token.id)
    response = ScimHandler(SERVICE, Records(actor, token.role)).handle(asked)
    return _response(response.status, response.body, {"Location": asked.url, **response.headers})


def _refused(refusal: PortalError) -> HttpResponse:
    log.info("directory refused", rule=refusal.code)
    error = Error(status=refusal.status, detail=f"{refusal.sentence} ({refusal.code})")
    headers = {"Content-Type": SCIM_MEDIA_TYPE, **refusal.headers}
    if refusal.status == UNAUTHORISED:
        headers["WWW-Authenticate"] = 'Bearer realm="SCIM"'
    return _response(refusal.status, error.model_dump(), headers)


def _response(status: int, body: dict[str, Any] | None, headers: dict[str, str]) -> HttpResponse:
    content = b"" if body is None else json.dumps(body).encode()
    found = {"Content-Type": SCIM_MEDIA_TYPE, **headers, "Cache-Control": "no-store"}
    return HttpResponse(content, status=int(status), headers=found)

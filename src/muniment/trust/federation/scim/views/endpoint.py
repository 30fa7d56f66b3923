"""What directories speak to: SCIM 2.0 (RFC 7643, RFC 7644), one address for each client, with its token."""

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from muniment.trust.access.types import for_guests, public, unlogged


@csrf_exempt  # no cookie counts here, only the token in a header that no page of another site can send
@login_not_required
@for_guests
@public("a client's directory comes with a token of its own", by_token=True)
@unlogged("each write leaves an entry, and reading one in a quarter of an hour")
@require_http_methods(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
def endpoint(request: HttpRequest, client_id: UUID, path: str = "") -> HttpResponse:
    """Answer one request of a directory.

    The protocol's library costs a second when it is loaded: a portal without directories starts without it.
    """
    from muniment.trust.federation.scim.views import answering  # noqa: PLC0415 - only when somebody asks

    return answering.answer(request, client_id, path)

"""A log taken along as a file."""

from collections.abc import Iterator
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from muniment.core.actor import Actor
from muniment.core.db.lending import give_back
from muniment.core.errors import Invalid
from muniment.trust.access.types import permission
from muniment.trust.disclosure import actions, queries
from muniment.trust.disclosure.types import FORMS, MEDIA_TYPES, Export, LogLine, Title, Why
from muniment.trust.identity import queries as identity
from muniment.web.views.log.filters import Asked
from muniment.web.views.log.finding import has
from muniment.web.views.log.lines import as_log_line, in_words

SANDBOX = "default-src 'none'; frame-ancestors 'none'; sandbox"


@permission("log:read", exports=True)
@require_POST
def export(request: HttpRequest, client_id: UUID) -> HttpResponseBase:
    """Answer with the entries that the page's filters want, as a file of the chosen form."""
    actor: Actor = request.actor  # type: ignore[attr-defined] # put there by the middleware
    form = request.POST.get("form", "")
    asked = Asked.of(request.POST)
    if form not in FORMS or asked.misread:  # a filter left out would put more into the file than was asked for
        raise Invalid
    why: Why = "verify" if request.POST.get("why") == "verify" else "keep"
    made = actions.export_log(actor, form=form, wanted=asked.filter(actor), why=why)
    people = identity.people([actor.person_id])
    title = Title(
        client=identity.company(client_id).name,
        taker=people[actor.person_id].name if actor.person_id in people else "",
        at=made.at,
        filters=asked.words(actor),
    )
    response = StreamingHttpResponse(
        queries.written(actor, made, title, _lines(actor, made, asked.text)), content_type=MEDIA_TYPES[made.form]
    )
    name = f"log-{timezone.localtime(made.at):%Y-%m-%d}.{made.form}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Content-Security-Policy"] = SANDBOX
    give_back()
    return response


def _lines(actor: Actor, made: Export, text: str) -> Iterator[LogLine]:
    """Return the lines of an export, opened while they are sent."""
    for batch in queries.batches(actor, made):
        lines = in_words(actor, batch)
        give_back()
        yield from (as_log_line(line) for line in lines if not text or has(line, text))

"""A notice of Cleo's, and the link of a mail that stops such mails."""

from typing import Any

from muniment.core import clock
from muniment.core.unit import acting_as
from muniment.portal.notices.models import Notice, NoticeStop
from muniment.trust.identity import queries as identity
from tests.cast import Portal


def lay(portal: Portal, values: dict[str, Any]) -> dict[str, object]:
    """Tell Cleo of a document, and let a mail about it have been sent."""
    with acting_as(portal.actor("cleo")):
        notice = Notice.objects.create(
            client_id=portal.okoye,
            person_id=portal.people["cleo"],
            entry_id=values["entry_id"],
            kind="documents",
            event="document.added",
            url="/",
            at=clock.now(),
        )
    NoticeStop.objects.create(
        person_id=portal.people["cleo"], kind="documents", secret_hash=identity.secret_hash("n" * 43)
    )
    return {"notice_id": notice.id}

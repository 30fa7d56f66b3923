"""Forget what is old: notices and the links of mails, after 90 days; and what people chose who were erased."""

from muniment.core import clock
from muniment.core.db.binding import Binding
from muniment.core.unit import bound
from muniment.portal.notices.models import Notice, NoticeChoice, NoticeHabits, NoticeStop
from muniment.portal.notices.queries.own import LINK_LASTS
from muniment.trust.clients import queries as clients
from muniment.trust.identity import queries as identity


def sweep() -> None:
    """Delete them: notices client by client, the rest at once."""
    until = clock.now() - LINK_LASTS
    NoticeStop.objects.filter(made_at__lt=until).delete()
    for client_id in clients.all_ids():
        with bound(Binding(client_id)):
            Notice.objects.filter(client_id=client_id, made_at__lt=until).delete()
    for model in (NoticeHabits, NoticeChoice, NoticeStop):
        gone = identity.erased(set(model.objects.values_list("person_id", flat=True)))
        model.objects.filter(person_id__in=gone).delete()

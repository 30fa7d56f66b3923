"""What a notice says: who did what, and never to what; the page it leads to shows that to whom may see it."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy

from muniment.portal.notices.sources import EVENTS
from muniment.trust.audit.types import Event

SENTENCES: Final[dict[Event, Promise]] = {
    Event.DOCUMENT_SHARED: ngettext_lazy(
        "%(who)s shared a document with you", "%(who)s shared %(count)d documents with you", "count"
    ),
    Event.FOLDER_SHARED: ngettext_lazy(
        "%(who)s shared a folder with you", "%(who)s shared %(count)d folders with you", "count"
    ),
    Event.DOCUMENT_ADDED: ngettext_lazy("%(who)s added a document", "%(who)s added %(count)d documents", "count"),
    Event.VERSION_ADDED: ngettext_lazy(
        "%(who)s added a new version of a document", "%(who)s added %(count)d new versions of documents", "count"
    ),
    Event.ADDRESS_BOUNCED: ngettext_lazy("Mails to somebody come back", "Mails to %(count)d people come back", "count"),
    Event.THREAD_STARTED: ngettext_lazy(
        "%(who)s began a conversation", "%(who)s began %(count)d conversations", "count"
    ),
    Event.MESSAGE_SENT: ngettext_lazy("%(who)s wrote a message", "%(who)s wrote %(count)d messages", "count"),
    Event.PERSON_MENTIONED: ngettext_lazy(
        "%(who)s mentioned you in a message", "%(who)s mentioned you in %(count)d messages", "count"
    ),
    Event.THREAD_ASSIGNED: ngettext_lazy(
        "%(who)s gave you a conversation to answer", "%(who)s gave you %(count)d conversations to answer", "count"
    ),
    Event.THREAD_SOLVED: ngettext_lazy(
        "%(who)s marked a conversation as solved", "%(who)s marked %(count)d conversations as solved", "count"
    ),
    Event.THREAD_REOPENED: ngettext_lazy(
        "%(who)s opened a conversation again", "%(who)s opened %(count)d conversations again", "count"
    ),
    Event.NOTE_WRITTEN: ngettext_lazy(
        "%(who)s wrote a note beside a conversation", "%(who)s wrote %(count)d notes beside conversations", "count"
    ),
    Event.CHECKLIST_SENT: ngettext_lazy(
        "%(who)s asks you for something", "%(who)s asks you for something, %(count)d times", "count"
    ),
    Event.CHECKLIST_REMINDED: ngettext_lazy(
        "%(who)s reminds you of what is asked for", "%(who)s reminds you of what is asked for, %(count)d times", "count"
    ),
    Event.ITEM_ANSWERED: ngettext_lazy(
        "%(who)s answered what was asked for", "%(who)s answered %(count)d things that were asked for", "count"
    ),
    Event.ITEM_NOT_APPLICABLE: ngettext_lazy(
        "%(who)s said that something asked for does not apply",
        "%(who)s said that %(count)d things asked for do not apply",
        "count",
    ),
    Event.ITEM_FILE_ADDED: ngettext_lazy(
        "%(who)s sent a file that was asked for", "%(who)s sent %(count)d files that were asked for", "count"
    ),
    Event.ITEM_ACCEPTED: ngettext_lazy(
        "%(who)s accepted an answer of yours", "%(who)s accepted %(count)d answers of yours", "count"
    ),
    Event.ITEM_SENT_BACK: ngettext_lazy(
        "%(who)s sent an answer of yours back", "%(who)s sent %(count)d answers of yours back", "count"
    ),
    Event.ITEM_ASSIGNED: ngettext_lazy(
        "%(who)s gave you something to answer", "%(who)s gave you %(count)d things to answer", "count"
    ),
    Event.PROJECT_STARTED: ngettext_lazy("%(who)s started a project", "%(who)s started %(count)d projects", "count"),
    Event.PROJECT_TOLD: ngettext_lazy(
        "There is news about a project", "There is news about projects, %(count)d times", "count"
    ),
    Event.STAGE_REACHED: ngettext_lazy(
        "A project reached its next stage", "Projects reached their next stage, %(count)d times", "count"
    ),
    Event.TASK_ADDED: ngettext_lazy("%(who)s added a task for you", "%(who)s added %(count)d tasks for you", "count"),
    Event.TASK_ASSIGNED: ngettext_lazy("%(who)s gave you a task", "%(who)s gave you %(count)d tasks", "count"),
    Event.TASK_MOVED: ngettext_lazy("%(who)s moved a task on", "%(who)s moved %(count)d tasks on", "count"),
    Event.TASK_DUE_SOON: ngettext_lazy("A task is due soon", "%(count)d tasks are due soon", "count"),
    Event.TICKET_ASKED: ngettext_lazy("%(who)s asks for something", "%(who)s asks for %(count)d things", "count"),
    Event.TICKET_MOVED: ngettext_lazy("%(who)s moved a ticket on", "%(who)s moved %(count)d tickets on", "count"),
    Event.TICKET_ASSIGNED: ngettext_lazy("%(who)s gave you a ticket", "%(who)s gave you %(count)d tickets", "count"),
    Event.TICKET_NOTED: ngettext_lazy(
        "%(who)s wrote a note on a ticket", "%(who)s wrote %(count)d notes on tickets", "count"
    ),
    Event.TICKET_RATED: ngettext_lazy(
        "%(who)s said how content they are with a ticket",
        "%(who)s said how content they are with %(count)d tickets",
        "count",
    ),
    Event.TICKET_ATTACHED: ngettext_lazy(
        "%(who)s put a file to a ticket", "%(who)s put %(count)d files to tickets", "count"
    ),
}


def sentence(event: str, who: str, count: int = 1) -> str:
    """Return what happened, once or several times; for an act without words of its own, where it happened."""
    said = SENTENCES.get(Event(event))
    if said is not None:
        return str(said % {"who": who, "count": count})
    source = EVENTS.get(Event(event))
    return _("Something new: %(where)s") % {"where": source.title if source else _("your portal")}

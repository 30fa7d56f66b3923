"""Tickets: what a client asks the firm for, how it went on, what belongs to it, and the firm's notes about it."""

from django.db import models
from django.db.models import Q

from muniment.core import clock, ids
from muniment.core.data_map import Kept, clear, content
from muniment.portal.tickets.types import OPEN, STATES
from muniment.trust.clients.types import ClientReference, ClientRow
from muniment.trust.vault.fields import SealedText


class TicketKind(models.Model):
    """A kind of ticket, the same for every client; its policy lets only the firm set it.

    The built-in ones have no title of their own until somebody gives them one. A retired kind is not offered any more.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    name = models.TextField(unique=True)
    title = models.TextField(default="")
    hint = models.TextField(default="")
    place = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    set_by = models.UUIDField(null=True)
    set_at = models.DateTimeField(default=clock.now)
    retired_at = models.DateTimeField(null=True)

    DATA = Kept(
        "as long as the portal: a retired one says what older tickets were",
        name=clear("What the kind is called in addresses", "made from its title"),
        title=clear("What people call the kind", "the firm's word for a sort of work, not about a person"),
        hint=clear("What to write when asking for it", "the firm's words about a sort of work, not about a person"),
        place=clear("Where it stands in the list"),
        version=clear("How often it was set"),
        set_by=clear("Who set it last"),
        set_at=clear("When"),
        retired_at=clear("Since when it is not offered"),
    )

    class Meta:
        db_table = "ticket_kind"


class Ticket(ClientRow):
    """Something that a client asks the firm for. Every change raises `version`; a form carries the one it was read at.

    `number` counts within the client, for people to call it by. `moved_at` is when its state last changed.
    """

    number = models.PositiveIntegerField()
    kind = models.ForeignKey("tickets.TicketKind", on_delete=models.PROTECT, related_name="+", db_index=False)
    title = SealedText()
    text = SealedText(default="")
    state = models.TextField(default="new")
    version = models.PositiveIntegerField(default=1)
    asked_by = models.UUIDField(null=True)
    asked_at = models.DateTimeField(default=clock.now)
    moved_at = models.DateTimeField(default=clock.now)
    assignee_id = models.UUIDField(null=True)
    due_on = models.DateField(null=True)
    satisfied = models.BooleanField(null=True)
    satisfied_word = SealedText(default="")
    became = models.TextField(default="")
    became_id = models.UUIDField(null=True)

    DATA = Kept(
        "until the client's space is destroyed",
        number=clear("What people call it by"),
        kind=clear("Which sort of thing is asked for"),
        title=content("What is asked for, in a line"),
        text=content("What is asked for"),
        state=clear("How far it is", "a word from the code"),
        version=clear("How often it was changed"),
        asked_by=clear("Who asked"),
        asked_at=clear("When"),
        moved_at=clear("When its state last changed"),
        assignee_id=clear("Who of the firm has it"),
        due_on=clear("By when it is wanted"),
        satisfied=clear("Whether the client was satisfied"),
        satisfied_word=content("What they said about it"),
        became=clear("What it was turned into", "one of two words"),
        became_id=clear("Which checklist or task that is"),
    )

    class Meta:
        db_table = "ticket"
        constraints = (
            models.CheckConstraint(condition=Q(state__in=STATES), name="ticket_state"),
            models.CheckConstraint(condition=Q(satisfied=None) | Q(state="done"), name="ticket_satisfied_when_done"),
            models.CheckConstraint(
                condition=Q(became="", became_id=None)
                | (Q(became__in=["checklist", "task"]) & Q(became_id__isnull=False)),
                name="ticket_became_whole",
            ),
            models.UniqueConstraint(fields=["client", "number"], name="one_ticket_a_number"),
        )
        indexes = (
            models.Index(fields=["client", "-moved_at", "-id"], name="ticket_newest"),
            models.Index(fields=["client", "-moved_at", "-id"], condition=Q(state__in=OPEN), name="ticket_open"),
            models.Index(
                fields=["client", "assignee_id", "due_on"], condition=Q(state__in=OPEN), name="ticket_assignee"
            ),
            models.Index(
                fields=["client", "due_on", "moved_at"],
                include=["id", "state", "assignee_id"],
                condition=Q(state__in=OPEN),
                name="ticket_due",
            ),
        )


class TicketMove(ClientRow):
    """A ticket went from one state into another, with a word that both sides read."""

    ticket = ClientReference("tickets.Ticket")
    before = models.TextField()
    after = models.TextField()
    word = SealedText(default="")
    moved_by = models.UUIDField(null=True)
    moved_at = models.DateTimeField(default=clock.now)

    DATA = Kept(
        "as long as the ticket",
        ticket=clear("Of which ticket"),
        before=clear("From which state", "a word from the code"),
        after=clear("Into which", "a word from the code"),
        word=content("What was said with it"),
        moved_by=clear("Who did"),
        moved_at=clear("When"),
    )

    class Meta:
        db_table = "ticket_move"
        indexes = (models.Index(fields=["client", "ticket"], name="ticket_move_ticket"),)


class TicketAttachment(ClientRow):
    """A document of the client lies beside a ticket; who may open it is decided by the document alone."""

    ticket = ClientReference("tickets.Ticket")
    document = ClientReference("documents.Document")
    added_by = models.UUIDField(null=True)
    added_at = models.DateTimeField(default=clock.now)

    DATA = Kept(
        "as long as the ticket",
        ticket=clear("Beside which ticket"),
        document=clear("Which document"),
        added_by=clear("Who put it there"),
        added_at=clear("When"),
    )

    class Meta:
        db_table = "ticket_attachment"
        constraints = (
            models.UniqueConstraint(fields=["client", "ticket", "document"], name="document_once_at_a_ticket"),
        )


class TicketNote(ClientRow):
    """What people of the firm tell each other about a ticket. The database shows it to nobody else."""

    ticket = ClientReference("tickets.Ticket")
    text = SealedText()
    written_by = models.UUIDField(null=True)
    written_at = models.DateTimeField(default=clock.now)

    DATA = Kept(
        "as long as the ticket",
        ticket=clear("About which ticket"),
        text=content("What the firm noted"),
        written_by=clear("Who wrote it"),
        written_at=clear("When"),
    )

    class Meta:
        db_table = "ticket_note"
        indexes = (models.Index(fields=["client", "ticket"], name="ticket_note_ticket"),)

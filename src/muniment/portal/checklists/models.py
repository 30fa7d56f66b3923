"""What the firm asks clients for: checklists with their items, templates, drafts, and what came in."""

from django.db import models
from django.db.models import Q

from muniment.core import clock
from muniment.core.data_map import Kept, clear, content
from muniment.portal.checklists.states import State
from muniment.trust.clients.types import ClientReference, ClientRow
from muniment.trust.vault.fields import SealedJSON, SealedText

_TO_DO = Q(state__in=["open", "sent-back"], is_asked=True)


class Template(ClientRow):
    """What the firm asks for again and again: a row of the firm's own space, changed as a whole."""

    plan = SealedJSON()
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=clock.now)
    created_by = models.UUIDField(null=True)
    changed_at = models.DateTimeField(default=clock.now)
    changed_by = models.UUIDField(null=True)
    retired_at = models.DateTimeField(null=True)

    DATA = Kept(
        "as long as the firm's space; a retired one shows what was once asked for",
        plan=content("What it asks for"),
        version=clear("How often it was changed, so that two people overwrite nothing"),
        created_by=clear("Who made it"),
        changed_at=clear("When it was changed"),
        changed_by=clear("By whom"),
        retired_at=clear("Since when it is not offered any more"),
    )

    class Meta:
        db_table = "checklist_template"


class Draft(ClientRow):
    """A checklist for one client that was not sent yet: the firm's own, which the database shows to no contact."""

    plan = SealedJSON()
    template_id = models.UUIDField(null=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=clock.now)
    created_by = models.UUIDField(null=True)
    changed_at = models.DateTimeField(default=clock.now)
    changed_by = models.UUIDField(null=True)

    DATA = Kept(
        "until it is sent or given up",
        plan=content("What will be asked for"),
        template_id=clear("From which template it was begun"),
        version=clear("How often it was changed, so that two people overwrite nothing"),
        created_by=clear("Who began it"),
        changed_at=clear("When it was changed"),
        changed_by=clear("By whom"),
    )

    class Meta:
        db_table = "checklist_draft"


class Checklist(ClientRow):
    """What was asked of a client at once. The counts and days repeat facts of the items: lists of many rest on them."""

    title = SealedText()
    intro = SealedText()
    template_id = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    sent_by = models.UUIDField(null=True)
    to_do = models.PositiveIntegerField(default=0)
    sent_back = models.PositiveIntegerField(default=0)
    to_review = models.PositiveIntegerField(default=0)
    accepted = models.PositiveIntegerField(default=0)
    next_due = models.DateField(null=True)
    reviewing_since = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.UUIDField(null=True)

    DATA = Kept(
        "until the client's space is destroyed",
        title=content("What it is called"),
        intro=content("What is said about it"),
        template_id=clear("From which template it was sent"),
        created_at=clear("When it was sent"),
        sent_by=clear("Who sent it, and is told of answers"),
        to_do=clear("How many items wait for who is asked"),
        sent_back=clear("How many of these were sent back"),
        to_review=clear("How many wait for the firm"),
        accepted=clear("How many are accepted"),
        next_due=clear("By when the first open item is wanted"),
        reviewing_since=clear("Since when the first answer waits for the firm"),
        reminded_at=clear("When somebody was reminded last"),
        closed_at=clear("When it was closed"),
        closed_by=clear("By whom"),
    )

    class Meta:
        db_table = "checklist"
        indexes = (
            models.Index(fields=["client", "next_due"], condition=Q(closed_at=None), name="checklist_due"),
            models.Index(
                fields=["client", "reviewing_since"],
                condition=Q(closed_at=None, to_review__gt=0),
                name="checklist_to_review",
            ),
        )


class Item(ClientRow):
    """One thing that is asked for, its state, and its answer.

    `is_asked` is False as long as its condition does not hold. `draft` is what was typed and not sent.
    """

    checklist = ClientReference("checklists.Checklist", related_name="items")
    number = models.PositiveSmallIntegerField()
    section = SealedText()
    kind = models.TextField()
    shape = models.TextField(default="")
    title = SealedText()
    text = SealedText()
    choices = SealedJSON()
    side = models.TextField(default="client")
    assignee_id = models.UUIDField(null=True)
    due = models.DateField(null=True)
    folder = ClientReference("documents.Folder", null=True)
    label = models.TextField(default="")
    file_name = SealedText()
    document = ClientReference("documents.Document", null=True)
    only_item = ClientReference("checklists.Item", null=True)
    only_answer = SealedText()
    is_asked = models.BooleanField(default=True)
    state = models.TextField(default=State.OPEN)
    answer = SealedText()
    remark = SealedText()
    reason = SealedText()
    note = SealedText()
    draft = SealedText()
    draft_remark = SealedText()
    drafted_at = models.DateTimeField(null=True)
    drafted_by = models.UUIDField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)
    reminded = models.TextField(default="")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=clock.now)

    DATA = Kept(
        "as long as its checklist",
        checklist=clear("On which checklist it stands"),
        number=clear("In which place"),
        section=content("Under which heading"),
        kind=clear("What is asked for", "one of four words"),
        shape=clear("What kind of answer", "one of five words, or none"),
        title=content("What is asked for"),
        text=content("What is said about it, or is to be read"),
        choices=content("Between what one chooses"),
        side=clear("Whether the client or the firm does it", "one of two words"),
        assignee_id=clear("Whose turn it is"),
        due=clear("By when it is wanted"),
        folder=clear("Where files for it go"),
        label=clear("How guarded they are", "one of five words, or none"),
        file_name=content("What they are called"),
        document=clear("Which document is to be read"),
        only_item=clear("On whose answer it depends"),
        only_answer=content("On which answer"),
        is_asked=clear("Whether that was given"),
        state=clear("Where it stands", "one of five words"),
        answer=content("What was answered"),
        remark=content("What was said with it"),
        reason=content("Why it does not apply"),
        note=content("Why it was sent back"),
        draft=content("What was typed and not sent"),
        draft_remark=content("The same, of the remark"),
        drafted_at=clear("When that was kept"),
        drafted_by=clear("By whom"),
        answered_at=clear("When it was answered"),
        answered_by=clear("By whom"),
        decided_at=clear("When it was accepted or sent back"),
        decided_by=clear("By whom"),
        reminded=clear("Which reminder was sent last", "one of two words, or none"),
        version=clear("How often it was changed, so that two people overwrite nothing"),
    )

    class Meta:
        db_table = "item"
        constraints = (
            models.CheckConstraint(condition=Q(state__in=list(State)), name="item_state"),
            models.CheckConstraint(condition=Q(kind__in=["upload", "answer", "approve", "read"]), name="item_kind"),
            models.CheckConstraint(condition=Q(side__in=["client", "firm"]), name="item_side"),
            models.UniqueConstraint(fields=["client", "checklist", "number"], name="one_item_a_place"),
        )
        indexes = (models.Index(fields=["client", "due"], condition=_TO_DO, name="item_to_do"),)


class ItemFile(ClientRow):
    """A file for an item: an upload on its way, then the document it became."""

    item = ClientReference("checklists.Item", related_name="files")
    upload = ClientReference("documents.Upload", null=True)
    document = ClientReference("documents.Document", null=True)
    person_id = models.UUIDField()
    created_at = models.DateTimeField(default=clock.now)

    DATA = Kept(
        "as long as its item",
        item=clear("For what it was asked"),
        upload=clear("As which upload it came"),
        document=clear("Which document it became"),
        person_id=clear("Who sent it"),
    )

    class Meta:
        db_table = "item_file"
        indexes = (
            models.Index(fields=["client", "item"], name="item_file_of"),
            models.Index(fields=["client", "upload"], name="item_file_upload"),
        )


class ItemLink(ClientRow):
    """A link by which somebody without an account sends files for one item."""

    item = ClientReference("checklists.Item")
    link = ClientReference("access.GuestLink")
    created_at = models.DateTimeField(default=clock.now)

    DATA = Kept(
        "as long as its item",
        item=clear("For what it was asked"),
        link=clear("By which link"),
    )

    class Meta:
        db_table = "item_link"
        indexes = (models.Index(fields=["client", "link"], name="item_link_of"),)

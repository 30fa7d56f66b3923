"""What a page or a command asks of the agent."""

from django.db import models
from django.db.models import Q

from muniment.core import clock, ids
from muniment.core.data_map import Kept, clear

WHAT = ("backup", "check", "drill", "restore_document", "restore_client")
STATES = ("asked", "taken", "done", "failed")


class Order(models.Model):
    """One thing asked of the agent, and how far it is: `done` of `total` of the present `step`.

    A restoration names whose (`target_client`), what (`target_id`), and as it was when (`moment`, None: the newest).
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    what = models.TextField()
    state = models.TextField(default="asked")
    asked_by = models.UUIDField(null=True)
    asked_at = models.DateTimeField(default=clock.now)
    taken_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    target_client = models.UUIDField(null=True)
    target_id = models.UUIDField(null=True)
    moment = models.DateTimeField(null=True)
    step = models.TextField(default="")
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    trouble = models.TextField(default="")

    DATA = Kept(
        "as long as the portal: it shows who wanted what brought back",
        what=clear("What was asked for", "one of five words"),
        state=clear("How far it is", "one of four words"),
        asked_by=clear("Who asked"),
        asked_at=clear("When"),
        taken_at=clear("When the agent began"),
        ended_at=clear("When it ended"),
        target_client=clear("Whose is to be brought back"),
        target_id=clear("What is to be brought back"),
        moment=clear("As it was when"),
        step=clear("What is being done", "a word from the code"),
        done=clear("How far it is"),
        total=clear("How far it has to go"),
        trouble=clear("Why it failed", "a word from the code"),
    )

    class Meta:
        db_table = "backup_order"
        constraints = (
            models.CheckConstraint(condition=Q(what__in=WHAT), name="backup_order_what"),
            models.CheckConstraint(condition=Q(state__in=STATES), name="backup_order_state"),
            models.UniqueConstraint(
                fields=["what"],
                condition=Q(state__in=["asked", "taken"], what__in=["backup", "check", "drill"]),
                name="one_open_order_of_a_kind",
            ),
        )
        indexes = (models.Index(fields=["state", "asked_at"], name="backup_order_by_state"),)

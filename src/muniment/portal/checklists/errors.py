"""Refusals about checklists and what they ask for."""

from muniment.core.errors import PortalError


class MoveRefused(PortalError):
    """A move that the state of an item does not allow: accepting what nobody answered, answering what is accepted."""

    code = "move-refused"
    status = 409
    sentence = "This is not possible as it stands now: somebody may have been faster. Look again. Nothing was changed."


class ChangedMeanwhile(PortalError):
    """Somebody else wrote since this was read."""

    code = "changed-meanwhile"
    status = 409
    sentence = (
        "Somebody else changed this since you opened it. Look at what it says now, then decide; "
        "nothing was overwritten."
    )


class AnswerRefused(PortalError):
    """An answer that is not of the kind that is asked for."""

    code = "answer-refused"
    status = 422
    sentence = "This is not an answer of the kind that is asked for. Nothing was sent."


class ReasonMissing(PortalError):
    """Sent back, or said not to apply, without a word about why."""

    code = "reason-missing"
    status = 422
    sentence = "Say why, so that the others know what to do. Nothing was changed."


class OtherSide(PortalError):
    """An item that the other side is to do."""

    code = "other-side"
    status = 409
    sentence = "This is for the other side to do. Nothing was changed."


class NotAsked(PortalError):
    """An item that is asked only if another one is answered in a certain way, which it is not."""

    code = "not-asked"
    status = 409
    sentence = "This is not asked for, because of the answer to something else. Nothing was changed."


class ChecklistClosed(PortalError):
    """A checklist that the firm closed."""

    code = "checklist-closed"
    status = 409
    sentence = "This checklist is closed. Nothing was changed."


class NothingAsked(PortalError):
    """A checklist without a single item."""

    code = "nothing-asked"
    status = 422
    sentence = "There is nothing on this checklist yet. Add an item first. Nothing was sent."


class VariableMissing(PortalError):
    """A checklist with a {word} that nobody said what to put in for."""

    code = "variable-missing"
    status = 422
    sentence = "Say what stands for each word in braces. Nothing was sent."


class PlanRefused(PortalError):
    """A template or draft that does not hold together: a condition on what comes later, a choice without choices."""

    code = "plan-refused"
    status = 422
    sentence = (
        "This does not hold together: a choice needs at least two words to choose from, and a condition an earlier "
        "item. Nothing was changed."
    )


class NoFileHere(PortalError):
    """A file for an item that asks for none."""

    code = "no-file-here"
    status = 409
    sentence = "No file is asked for here. Nothing was stored."


class NobodyToRemind(PortalError):
    """A reminder of what nobody is waited for."""

    code = "nobody-to-remind"
    status = 409
    sentence = "Nothing is open here, so there is nobody to remind."


class LinkNeedsFolder(PortalError):
    """A link for a file that would lie at the top, where no link leads."""

    code = "link-needs-folder"
    status = 409
    sentence = "A link needs a folder that the file goes into, and this item names none. Nothing was sent."

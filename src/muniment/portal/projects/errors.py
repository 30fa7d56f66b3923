"""Refusals about projects, stages, tasks and rules."""

from muniment.core.errors import PortalError


class TextRefused(PortalError):
    """A name or a text that is empty or too long."""

    code = "task-text-refused"
    status = 422
    sentence = "This needs a name of 1 to 200 characters, and a text of at most 5,000. Nothing was changed."


class MovedOn(PortalError):
    """Somebody else changed it since it was read."""

    code = "task-moved-on"
    status = 409
    sentence = "Somebody changed this in the meantime. Nothing of yours was written over theirs: look at it once more."


class IllegalMove(PortalError):
    """A task cannot go from where it is to the state that was asked for."""

    code = "illegal-move"
    status = 409
    sentence = "A task cannot go there from where it is now. Nothing was changed."


class WaitsForOthers(PortalError):
    """A task cannot be begun while tasks that come first are not over."""

    code = "waits-for-others"
    status = 409
    sentence = "This task waits for others that come first. It can begin when they are done. Nothing was changed."


class FollowsItsThing(PortalError):
    """A task that points to a thing is done when the thing is."""

    code = "follows-its-thing"
    status = 409
    sentence = "This task is done by itself as soon as what it points to is done. Nothing was changed."


class NotYourSide(PortalError):
    """Somebody of the client moves what the firm has to do."""

    code = "not-your-side"
    status = 403
    sentence = "This is for the firm to do. You can follow it here, and write about it. Nothing was changed."


class WouldCircle(PortalError):
    """Tasks that would wait for each other for ever."""

    code = "would-circle"
    status = 409
    sentence = "These tasks would wait for each other for ever. Nothing was changed."


class WaitsForUnseen(PortalError):
    """A task that the client sees would wait for one that it does not see."""

    code = "waits-for-unseen"
    status = 409
    sentence = (
        "A task that the client sees cannot wait for one that the client does not see: nobody there would know why. "
        "Nothing was changed."
    )


class StageInUse(PortalError):
    """A stage with tasks, the stage a project stands in, or one that a rule speaks of."""

    code = "stage-in-use"
    status = 409
    sentence = "This stage still has tasks or rules, or the project stands in it. Empty it first. Nothing was changed."


class TooMany(PortalError):
    """More stages, tasks or rules than anybody can follow."""

    code = "too-many-in-project"
    status = 409
    sentence = "This project has as many stages, tasks or rules as the portal keeps. Nothing was changed."


class ProjectOver(PortalError):
    """A closed project, in which nothing is changed any more."""

    code = "project-over"
    status = 409
    sentence = "This project is closed. Open it again to change something in it. Nothing was changed."


class NotInTemplates(PortalError):
    """Work on a template, which is only there to be copied."""

    code = "not-in-templates"
    status = 409
    sentence = "This is a template: tasks are worked on in the projects that are made from it. Nothing was changed."


class NotForPerson(PortalError):
    """A task would be given to somebody who cannot see it."""

    code = "not-for-person"
    status = 409
    sentence = "This person is not on that side, or cannot see the projects here. Nothing was changed."


class ThingNotThere(PortalError):
    """A task would point to what is not there, or is not for who makes it."""

    code = "thing-not-there"
    status = 409
    sentence = "What this task is to point to is not there, or not for you. Nothing was changed."


class RuleIncomplete(PortalError):
    """A rule that says what sets it off or what it does without saying which stage, task, day or person."""

    code = "rule-incomplete"
    status = 422
    sentence = "This rule does not say all that it needs: which stage, task, day or person. Nothing was changed."


class ChainTooLong(PortalError):
    """Too many rules that follow from each other."""

    code = "chain-too-long"
    status = 409
    sentence = "Too many rules followed from each other here. This one did not run; run it by hand or change the rules."


class NotDueYet(PortalError):
    """A rule was to run although what sets it off is not so."""

    code = "rule-not-due"
    status = 409
    sentence = "What sets this rule off has not happened, or it ran before. Nothing was changed."

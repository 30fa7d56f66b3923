"""The words of mails about codes and new devices."""

from datetime import datetime

from django.utils.translation import gettext as _

from muniment.core import config, times
from muniment.core.actor import Actor
from muniment.trust.identity.queries.companies import firm_name
from muniment.trust.identity.steps import places
from muniment.trust.identity.types import letter_text

Text = tuple[str, str]


@letter_text
def code(given: str) -> Text:
    """Return subject and body of the code that goes with a password."""
    return _("Your code for the client portal of %(firm)s") % {"firm": firm_name()}, _(
        "Your code: %(given)s\n"
        "\n"
        "Somebody, probably you, signs in with your password. The code works once, for ten minutes, and "
        "only in the\n"
        "browser that asks for it. Give it to nobody: we never ask for it by phone or mail.\n"
        "\n"
        "If it is not you, choose a new password now: somebody knows yours.\n"
        "%(address)s/account/password/reset/\n"
    ) % {"given": given, "address": config.current().address}


@letter_text
def new_device(actor: Actor, at: datetime, path: str) -> Text:
    """Return subject and body that tell of a sign-in on a device that is new."""
    place = places.name(actor.country)
    where = _(", in %(place)s") % {"place": place} if place else ""
    return _("You signed in on a new device: client portal of %(firm)s") % {"firm": firm_name()}, _(
        "On %(moment)s you signed in with %(device)s%(where)s.\n"
        "\n"
        "If this was you, there is nothing to do.\n"
        "\n"
        "If it was not you, open this link. It signs every device out, makes the password worthless and "
        "lets you\n"
        "choose a new one. It works once, for seven days:\n"
        "%(address)s%(path)s\n"
    ) % {
        "moment": times.moment(at),
        "device": actor.device or _("an unknown device"),
        "where": where,
        "address": config.current().address,
        "path": path,
    }


@letter_text
def taken_back(path: str) -> Text:
    """Return subject and body that follow when somebody said that a sign-in was not theirs."""
    return _("Everything was signed out: client portal of %(firm)s") % {"firm": firm_name()}, _(
        "You told us that a sign-in was not yours. Every device is signed out, and the old password "
        "opens nothing.\n"
        "\n"
        "Choose a new password here, within an hour. After that, ask for another link on the sign-in "
        "page:\n"
        "%(address)s%(path)s\n"
        "\n"
        "Then look at your account: whether devices, passkeys and apps there are yours.\n"
    ) % {"address": config.current().address, "path": path}

"""The words of mails about codes and new devices."""

from datetime import datetime

from muniment.core import config
from muniment.core.actor import Actor
from muniment.trust.identity.queries.companies import firm_name
from muniment.trust.identity.steps import places

Text = tuple[str, str]


def code(given: str) -> Text:
    """Return subject and body of the code that goes with a password."""
    return f"Your code for the client portal of {firm_name()}", (
        f"Your code: {given}\n\n"
        "Somebody, probably you, signs in with your password. The code works once, for ten minutes, and only in the\n"
        "browser that asks for it. Give it to nobody: we never ask for it by phone or mail.\n\n"
        "If it is not you, choose a new password now: somebody knows yours.\n"
        f"{config.current().address}/account/password/reset/\n"
    )


def new_device(actor: Actor, at: datetime, path: str) -> Text:
    """Return subject and body that tell of a sign-in on a device that is new."""
    place = places.name(actor.country)
    where = f", in {place}" if place else ""
    return f"You signed in on a new device: client portal of {firm_name()}", (
        f"On {at:%d %B %Y at %H:%M} UTC you signed in with {actor.device or 'an unknown device'}{where}.\n\n"
        "If this was you, there is nothing to do.\n\n"
        "If it was not you, open this link. It signs every device out, makes the password worthless and lets you\n"
        "choose a new one. It works once, for seven days:\n"
        f"{config.current().address}{path}\n"
    )


def taken_back(path: str) -> Text:
    """Return subject and body that follow when somebody said that a sign-in was not theirs."""
    return f"Everything was signed out: client portal of {firm_name()}", (
        "You told us that a sign-in was not yours. Every device is signed out, and the old password opens nothing.\n\n"
        "Choose a new password here, within an hour. After that, ask for another link on the sign-in page:\n"
        f"{config.current().address}{path}\n\n"
        "Then look at your account: whether devices, passkeys and apps there are yours.\n"
    )

"""The words of mails about a way back in: to the person it is about, and to who may confirm it."""

from datetime import datetime

from muniment.core import config
from muniment.core.actor import Actor
from muniment.trust.identity.queries.companies import firm_name
from muniment.trust.identity.recovery.models import Recovery

Text = tuple[str, str]


def asked(actor: Actor, row: Recovery, stop: str) -> Text:
    """Return subject and body that tell the person that they, or somebody with their password, asked."""
    return f"You asked for a way back in: client portal of {firm_name()}", (
        f"Somebody, probably you, gave your password with {actor.device or 'an unknown device'} and said that\n"
        "they lost what they sign in with. We have asked your colleagues to confirm that it is you. Once one of them\n"
        f"has, you wait {_hours(row.wait_hours)}, then sign in with your password and set everything up anew.\n\n"
        f"{_if_not_you(stop)}"
    )


def please_confirm(name: str, path: str) -> Text:
    """Return subject and body that ask a colleague whether it is really them."""
    return f"{name} lost what they sign in with: client portal of {firm_name()}", (
        f"{name} cannot sign in any more, perhaps because a phone was lost, and asks you to confirm who it is.\n\n"
        "Speak with them first: face to face, or by a phone number you knew before. Never by a number or a mail\n"
        "that came with this wish. Then decide here:\n"
        f"{config.current().address}{path}\n"
    )


def confirmed(by: str, row: Recovery, stop: str) -> Text:
    """Return subject and body that tell the person that a colleague confirmed it."""
    ready = row.ready_at or row.expires_at
    return f"{by} confirmed that you lost what you sign in with: client portal of {firm_name()}", (
        f"{by} confirmed that it is you. From {_moment(ready)} on, sign in with your password and set everything\n"
        "up anew.\n"
        f"This stays open until {_moment(row.expires_at)}.\n\n"
        f"{_if_not_you(stop)}"
    )


def confirmed_of(by: str, name: str, row: Recovery, path: str) -> Text:
    """Return subject and body that tell the other colleagues; `path` is where they stop it, empty if they may not."""
    wrong = f"stop it here:\n{config.current().address}{path}" if path else f"tell {firm_name()} at once."
    return f"{by} confirmed that {name} lost what they sign in with: client portal of {firm_name()}", (
        f"{by} confirmed it. From {_moment(row.ready_at or row.expires_at)} on, {name} can set everything up anew with "
        "their password.\n"
        f"If that is wrong, {wrong}\n"
    )


def stopped(name: str) -> Text:
    """Return subject and body that tell everyone concerned that it was stopped."""
    return f"The way back in of {name} was stopped: client portal of {firm_name()}", (
        f"{name} signs in as before, or asks again. Whatever was asked for before opens nothing any more.\n\n"
        f"If you are {name} and did not ask for it, somebody knows your password. Choose another one now:\n"
        f"{config.current().address}/account/password/reset/\n"
    )


def done(name: str) -> Text:
    """Return subject and body that tell everyone concerned that the person is back in."""
    return f"{name} came back in: client portal of {firm_name()}", (
        f"{name} signed in with the password after the waiting time, and sets everything up anew. What they signed in\n"
        "with before opens nothing any more.\n\n"
        f"If this is wrong, tell {firm_name()} at once.\n"
    )


def _if_not_you(stop: str) -> str:
    return (
        "If this was not you, stop it with this link, and choose another password: somebody knows yours.\n"
        f"{config.current().address}{stop}\n"
    )


def _moment(at: datetime) -> str:
    return f"{at:%d %B %Y, %H:%M} UTC"


def _hours(number: int) -> str:
    return "an hour" if number == 1 else f"{number} hours"

"""The words of the mails about coming and going."""

from datetime import datetime

from django.utils.translation import gettext as _

from muniment.core import config, times
from muniment.trust.identity.queries.companies import firm_name
from muniment.trust.identity.types import letter_text

Text = tuple[str, str]


@letter_text
def warned(days: int, until: datetime) -> Text:
    """Return subject and body of the warning that somebody will be shut out."""
    firm = firm_name()
    return _("Sign in to the client portal of %(firm)s to keep your access") % {"firm": firm}, _(
        "You did not sign in to the client portal of %(firm)s for a long time. Who does not sign in for "
        "%(days)s days is shut out, so that no forgotten account can be misused.\n"
        "\n"
        "To keep your access, sign in before %(day)s:\n"
        "%(address)s/sign-in/\n"
        "\n"
        "If you do not need it any more, you need do nothing. %(firm)s can let you back in at any time.\n"
    ) % {"firm": firm, "days": days, "day": times.day(until), "address": config.current().address}


@letter_text
def disabled(why: str) -> Text:
    """Return subject and body that tell somebody that they were shut out."""
    firm = firm_name()
    reason = {
        "inactive": _("You did not sign in for a long time, so your access to the portal was switched off."),
        "directory": _("The directory of your organisation switched your access to the portal off."),
    }.get(why, _("%(firm)s switched your access to the portal off.") % {"firm": firm})
    return _("Your access to the client portal of %(firm)s is switched off") % {"firm": firm}, _(
        "%(reason)s\n\nNothing of yours was deleted. If you need it again, ask %(firm)s: they can let you back in.\n"
    ) % {"reason": reason, "firm": firm}


@letter_text
def enabled() -> Text:
    """Return subject and body that tell somebody that they can sign in again."""
    firm = firm_name()
    return _("You can sign in to the client portal of %(firm)s again") % {"firm": firm}, _(
        "%(firm)s let you back into the client portal. Sign in as before:\n"
        "%(address)s/sign-in/\n"
        "\n"
        "If your password or your second step is gone, the page for signing in says how to go on.\n"
    ) % {"firm": firm, "address": config.current().address}


@letter_text
def spared(name: str, days: int) -> Text:
    """Return subject and body that tell administrators of one whom silence did not shut out."""
    return _("An administrator of the client portal of %(firm)s does not sign in") % {"firm": firm_name()}, _(
        "%(name)s did not sign in for nearly %(days)s days or more. They were not shut out, because "
        "they are the only administrator or the one for emergencies.\n"
        "\n"
        "Try whether they can still sign in, or make somebody else an administrator:\n"
        "%(address)s/people/\n"
    ) % {"name": name, "days": days, "address": config.current().address}


@letter_text
def confirm_old(email: str, path: str, until: datetime) -> Text:
    """Return subject and body of the link to the old mailbox."""
    firm = firm_name()
    return _("Is it you who changes your address at the client portal of %(firm)s?") % {"firm": firm}, _(
        "Somebody signed in as you and wants to sign in with another address from now on: %(email)s\n"
        "\n"
        "If it was you, open this link and say yes. It works once, until %(moment)s:\n"
        "%(address)s%(path)s\n"
        "\n"
        "The same page lets you stop it. If it was not you, stop it and change your password at once:\n"
        "%(address)s/account/password/\n"
    ) % {"email": email, "moment": times.moment(until), "address": config.current().address, "path": path}


@letter_text
def confirm_new(path: str, until: datetime) -> Text:
    """Return subject and body of the link to the new mailbox."""
    firm = firm_name()
    return _("Confirm your new address for the client portal of %(firm)s") % {"firm": firm}, _(
        "Somebody, probably you, wants to sign in to the client portal of %(firm)s with this address.\n"
        "\n"
        "Open this link and say yes. It works once, until %(moment)s:\n"
        "%(address)s%(path)s\n"
        "\n"
        "Your old address must say yes too: a link is in its mailbox. If you did not expect this, "
        "ignore it.\n"
    ) % {"firm": firm, "moment": times.moment(until), "address": config.current().address, "path": path}


@letter_text
def address_taken() -> Text:
    """Return subject and body to an address that somebody else wants to have and that has an account already."""
    firm = firm_name()
    return _("Your address at the client portal of %(firm)s") % {"firm": firm}, _(
        "Somebody wanted to change the address of their own account at the client portal of %(firm)s to "
        "yours. You have an account with it already, so nothing happened, and nobody was told that you "
        "have one.\n"
        "\n"
        "If it was you, sign in with this address instead, or leave it free first.\n"
    ) % {"firm": firm}


@letter_text
def address_changed(email: str) -> Text:
    """Return subject and body that tell both mailboxes that the address is changed."""
    firm = firm_name()
    return _("Your address at the client portal of %(firm)s was changed") % {"firm": firm}, _(
        "From now on you sign in with %(email)s. Every other session was signed out.\n"
        "\n"
        "If this was not you, tell %(firm)s at once.\n"
    ) % {"email": email, "firm": firm}


@letter_text
def welcome(name: str, company: str, *, elsewhere: bool) -> Text:
    """Return subject and body to somebody whom a directory brought: how they come in for the first time."""
    firm, address = firm_name(), config.current().address
    way = (
        _("Sign in through your organisation:\n%(address)s/sign-in/\n")
        if elsewhere
        else _("Choose a password first; a link for that comes to this address:\n%(address)s/account/password/reset/\n")
    )
    return _("You can use the client portal of %(firm)s") % {"firm": firm}, _(
        "Hello %(name)s,\n"
        "\n"
        "%(company)s gave you access to its space in the client portal of %(firm)s.\n"
        "\n"
        "%(way)s\n"
        "If you did not expect this, ask them.\n"
    ) % {"name": name, "company": company, "firm": firm, "way": way % {"address": address}}


@letter_text
def left(company: str) -> Text:
    """Return subject and body to somebody who left a client by themselves."""
    return _("You left %(company)s in the client portal of %(firm)s") % {"company": company, "firm": firm_name()}, _(
        "You do not belong to %(company)s any more, and can open nothing of it. What you did there "
        "stays in its log.\n"
        "\n"
        "If this was not you, tell them at once.\n"
    ) % {"company": company}

"""What a start tells the person in front of it: the set-up link of a new portal, or the demo's sign-ins."""

import json
import sys

import django

from muniment.core import config


def welcome() -> dict[str, object]:
    """Return `link` (of the first super admin's set-up) or `sign_ins` (of the demo); nothing once the portal is set up.

    Django must be set up.
    """
    from muniment.operations.demo import people
    from muniment.trust.clients import queries as clients
    from muniment.trust.identity import actions as identity

    settings = config.current()
    if settings.demo:
        return {"sign_ins": people.sign_ins(settings.data)}
    if clients.find_firm_id() is None:
        return {"link": settings.address + identity.make_setup_link()}
    return {}


def another_admin(email: str, name: str) -> str:
    """Return a one-time link for a super admin: of the set-up where there is no firm yet, an invitation otherwise."""
    from muniment.trust.clients import queries as clients
    from muniment.trust.identity import actions as identity

    if clients.find_firm_id() is None:
        return config.current().address + identity.make_setup_link()
    return config.current().address + identity.make_admin_link(email=email, name=name)


def main() -> None:
    """Print the welcome as JSON, or with an address and a name a link for one more super admin."""
    django.setup()
    told = another_admin(*sys.argv[1:3]) if len(sys.argv) > 1 else json.dumps(welcome())
    print(told)  # noqa: T201 (read by the supervisor and the command)


if __name__ == "__main__":
    main()

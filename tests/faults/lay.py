"""Lay the cast into a running portal and print how everybody signs in: run as a process of its own, in the web role."""

import json

import django

django.setup()

from allauth.mfa.models import Authenticator  # noqa: E402 - Django must be set up first
from allauth.mfa.utils import decrypt  # noqa: E402

from muniment.core import ids  # noqa: E402
from tests import cast  # noqa: E402

cast.lay()
found = cast.find()
people = {
    name: {
        "email": cast.PEOPLE[name][1],
        "password": cast.PASSWORD,
        "secret": decrypt(Authenticator.objects.get(user_id=person_id, type="totp").data["secret"]),
        "id": ids.public(person_id),
    }
    for name, person_id in found.people.items()
}
places = {name: ids.public(getattr(found, name)) for name in ("firm_id", "okoye", "brandt")}
print(json.dumps({"people": people, "places": places}))  # noqa: T201 - read by who started this

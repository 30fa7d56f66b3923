"""Migrate the template database; run as a process of its own, in the owner's role."""

import django

django.setup()

from django.core.management import call_command  # noqa: E402 - Django must be set up first

from muniment.core.db import catalogue, walls  # noqa: E402
from muniment.trust.vault import actions as vault  # noqa: E402

call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
walls.grant_global_rights()
vault.make_installation_keys()
found = catalogue.problems()
if found:
    raise SystemExit("\n".join(found))

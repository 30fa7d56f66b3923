"""Make the databases that tests clone: run as a process of its own.

`owner` migrates in the owner's role; `cast` then lays the cast in the web role, as the portal does.
"""

import sys

import django

django.setup()

from django.core.management import call_command  # noqa: E402 - Django must be set up first

from muniment.core.db import catalogue, sealing, walls  # noqa: E402
from muniment.trust.vault import actions as vault  # noqa: E402

if sys.argv[1] == "owner":
    call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
    walls.grant_global_rights()
    sealing.lay_keys()
    vault.make_installation_keys()
    if found := catalogue.problems():
        raise SystemExit("\n".join(found))
else:
    from tests import passwords
    from tests.cast import lay

    passwords.lighten()
    lay()

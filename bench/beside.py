"""Work done beside a running portal, by a program that has the portal's settings and one of its database roles."""

import json
import os
import subprocess
import sys
from typing import Any

from bench.portal import Portal
from muniment.core.config.database import DatabaseRole


def ask(portal: Portal, module: str, *arguments: object, role: DatabaseRole = "app") -> Any:
    """Run `main` of a module of the bench and return what it printed last, which is JSON."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("MUNIMENT_")},
        "MUNIMENT_DATA": str(portal.data),
        "MUNIMENT_DEMO": "true",
        "DJANGO_SETTINGS_MODULE": "muniment.settings",
        "_MUNIMENT_DATABASE_ROLE": role,
    }
    begin = f"import django; django.setup(); from {module} import main; main()"  # its imports need Django set up
    told = subprocess.run(
        [sys.executable, "-c", begin, *map(str, arguments)],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout
    return json.loads(told.splitlines()[-1])

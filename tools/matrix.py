"""Print docs/matrix.md: which answer every address gives to every role."""

import os
import sys

import django


def main() -> None:
    """Write the page to standard output; no database is asked."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "muniment.settings")
    django.setup()
    from muniment.web import matrix  # noqa: PLC0415 - only once Django is set up

    sys.stdout.write(matrix.markdown())


if __name__ == "__main__":
    main()

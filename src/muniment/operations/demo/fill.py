"""Lays the demo's papers and rights, as a program of its own: the portal answers meanwhile."""

import django


def main() -> None:
    """Lay what is not there yet."""
    django.setup()
    from muniment.core import config
    from muniment.operations.demo import papers, rights
    from muniment.trust.identity.actions import hash_at_once

    hash_at_once()
    papers.lay()
    rights.lay()
    (config.current().data / "demo.filled").touch(mode=0o600)  # whoever waits for all papers looks here


if __name__ == "__main__":
    main()

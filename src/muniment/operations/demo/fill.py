"""Lays the demo's papers, as a program of its own: the portal answers meanwhile."""

import django


def main() -> None:
    """Lay what is not there yet."""
    django.setup()
    from muniment.operations.demo import papers

    papers.lay()


if __name__ == "__main__":
    main()

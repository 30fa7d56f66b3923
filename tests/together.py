"""Several people act at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection

from muniment.core.errors import PortalError


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Do several things at the same moment; return the refusals."""

    together = Barrier(len(acts))

    def run(act: Callable[[], object]) -> str:
        try:
            connection.ensure_connection()
            together.wait()
            act()
        except PortalError as refusal:
            return type(refusal).__name__
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(len(acts)) as pool:
        return [name for name in pool.map(run, acts) if name]

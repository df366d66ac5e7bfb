"""The shape of the house: which folder may know which, and that files stay small."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("catalogue", "marketplace", "storefront")
# Each part may import the parts named here (and those that these may import); never the other way round.
MAY_IMPORT = {
    "catalogue": set(),
    "marketplace": set(),  # money, registry, signals, defaults: they import none of the apps
    "marketplace.economies": {"marketplace", "catalogue"},
    "marketplace.workshops": {"marketplace.economies"},
    "marketplace.trade": {"marketplace.workshops"},
    "marketplace.fulfilment": {"marketplace.trade", "marketplace.workshops"},
    "marketplace.payments": {"marketplace.fulfilment", "marketplace.partnerships"},
    "marketplace.notices": {"marketplace.payments"},
    "marketplace.bulk": {"marketplace.workshops"},
    "marketplace.standards": {"marketplace.workshops"},
    "marketplace.exhibitions": {"marketplace.workshops"},
    # Below payments, which pays agencies as it pays workshops.
    "marketplace.partnerships": {"marketplace.workshops"},
    "storefront": {
        "marketplace.partnerships",
        "marketplace.standards",
        "marketplace.exhibitions",
        "marketplace.notices",
        "marketplace.bulk",
    },
}
# Modules that every app of marketplace has, beside its migrations.
SHAPE = ("__init__.py", "apps.py", "models.py")
LONGEST = {"tests": 700}  # lines; 400 elsewhere


def files() -> list[Path]:
    found = (path for name in (*PACKAGES, "tests", "tools") for path in (ROOT / name).rglob("*.py"))
    return sorted(path for path in found if "migrations" not in path.parts)


def part_of(module: str) -> str | None:
    """The entry of MAY_IMPORT that a dotted name belongs to; None for what is not ours."""
    names = module.split(".")
    if names[0] not in PACKAGES:
        return None
    app = ".".join(names[:2])
    return (
        app
        if names[0] == "marketplace" and (ROOT / "marketplace" / (names[1:] or [""])[0] / "apps.py").exists()
        else names[0]
    )


def reachable(part: str) -> set[str]:
    return {part}.union(*(reachable(other) for other in MAY_IMPORT[part]))


def imports_of(path: Path) -> Iterator[str]:
    """Dotted names of everything that a file imports."""
    here = path.relative_to(ROOT).parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = [*here[: len(here) - node.level], node.module or ""] if node.level else [node.module]
            yield from (".".join([*filter(None, base), alias.name]) for alias in node.names)


def test_imports_point_one_way():
    wrong = []
    for path in (path for path in files() if path.relative_to(ROOT).parts[0] in PACKAGES):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        allowed = reachable(part_of(module))
        wrong += [
            f"{module} imports {name}" for name in imports_of(path) if part_of(name) not in {None, *allowed}
        ]
    assert not wrong, "\n".join(wrong)


def test_packages_never_import_the_tests():
    named = [path for path in files() if path.relative_to(ROOT).parts[0] in PACKAGES]
    wrong = [
        f"{path}: {name}"
        for path in named
        for name in imports_of(path)
        if name.split(".")[0] in ("tests", "tools")
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("app", sorted(path.parent.name for path in (ROOT / "marketplace").glob("*/apps.py")))
def test_every_marketplace_app_has_the_same_shape(app):
    folder = ROOT / "marketplace" / app
    assert f"marketplace.{app}" in MAY_IMPORT, "say in MAY_IMPORT what it may import"
    assert f'label = "marketplace_{app}"' in (folder / "apps.py").read_text()
    missing = [
        name
        for name in SHAPE
        if not (folder / name).exists() and not (folder / name.removesuffix(".py")).is_dir()
    ]
    assert not missing
    assert (folder / "migrations" / "__init__.py").exists()


def test_files_fit_one_sitting():
    names = {path: path.relative_to(ROOT) for path in files()}
    lengths = {name: len(path.read_text(encoding="utf-8").splitlines()) for path, name in names.items()}
    long = [f"{name}: {lines}" for name, lines in lengths.items() if lines > LONGEST.get(name.parts[0], 400)]
    assert not long, "\n".join(long)


def test_no_page_hides_where_its_forms_come_from():
    """A browser that may not say where it comes from sends `Origin: null` with a form, and we refuse that."""
    ours = [path for path in files() if path.relative_to(ROOT).parts[0] in PACKAGES]
    assert [str(path) for path in ours if "no-referrer" in path.read_text(encoding="utf-8")] == []

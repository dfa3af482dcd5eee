"""The house: imports point downwards, each outside package has one door, nothing heavy loads early."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from dedup.read.formats import NEWSROOM
from dedup.read.newsroom.shapes import SHAPES

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "dedup").rglob("*.py"))

LAYERS = [
    {"__main__"},
    {"cli"},
    {"__init__"},
    {"streaming"},
    {"archives", "cleaning", "clusters", "evaluate"},
    {"detect", "labels"},
    {"earlier"},
    {"candidates", "decide", "pair", "reuse"},
    {"archive", "collect"},
    {"read", "write"},
    {"sketch", "match"},
    {"text"},
    {"kernels"},
    {"cycles", "model", "outfile", "progress", "scratch", "threads"},
    {"settings"},
    {"system"},
    {"errors", "language", "version"},
]
"""From the top down: a module imports from its own package and from layers below."""

DOORS = {
    "pyarabic": {"text/letters.py"},
    "datasketch": {"sketch/minhash.py"},
    "numba": {"kernels"},
    "rapidfuzz": {"match/confirm.py", "match/diff.py", "match/explain.py"},
    "arabic_reshaper": {"write/bidi.py"},
    "bidi": {"write/bidi.py"},
    "click": {"cli"},
    "rich": {"cli/progress.py"},
    "watchfiles": {"cli/watching.py"},
    "lxml": {"read/markup/pieces.py", "read/markup/trees.py"},
    "markdown_it": {"read/markup/pieces.py"},
    "trafilatura": {"read/markup/pages.py"},
    "charset_normalizer": {"read/encoding.py"},
    "pathspec": {"read/ignoring.py"},
    "pyarrow": {"read/tables/columns.py", "cleaning/parquet.py"},
    "backports": {"read/packing.py"},
    "msgspec": {"read/tables/rows.py"},
    "compression": {"read/packing.py"},
    "jinja2": {"write/html/__init__.py"},
    "markupsafe": {"write/html/__init__.py"},
    "psycopg": {"archive/postgres.py"},
    "numpy": {
        "archive",
        "sketch",
        "kernels",
        "match/confirm.py",
        "match/fingerprints.py",
        "match/passages.py",
        "text/compiled.py",
        "text/keys.py",
        "text/vocabulary.py",
        "candidates.py",
        "earlier.py",
        "reuse.py",
    },
}
"""Outside package -> the modules (or folders) that may import it."""

HEAVY = (
    "numpy",
    "numba",
    "scipy",
    "datasketch",
    "lxml",
    "markdown_it",
    "jinja2",
    "charset_normalizer",
    "backports",
    "pathspec",
    "pyarrow",
    "psycopg",
    "rich",
    "watchfiles",
    "msgspec",
    "click",
)


def imports(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room(parts):
    return parts[1].removesuffix(".py") if len(parts) > 1 else "__init__"


def layer(name):
    return next(i for i, rooms in enumerate(LAYERS) if name in rooms)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_downwards(path):
    """A stage package never imports another; nothing imports what stands above it."""
    own = room(path.relative_to(ROOT).parts)
    for name in imports(path):
        if name.split(".")[0] == "dedup":
            other = room(name.split("."))
            other = (
                other if (ROOT / "dedup" / other).exists() or (ROOT / "dedup" / f"{other}.py").exists() else "__init__"
            )
            assert other == own or layer(other) > layer(own), f"{own} imports {name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_an_outside_package_has_one_door(path):
    place = path.relative_to(ROOT / "dedup").as_posix()
    for name in imports(path):
        package = name.split(".")[0]
        if package != "dedup" and package not in sys.stdlib_module_names:
            assert any(place == door or place.startswith(f"{door}/") for door in DOORS[package]), f"{place}: {name}"


def loaded_after(code):
    command = f"import sys\n{code}\nprint(*{{m.split('.')[0] for m in sys.modules}})"
    return set(
        subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True).stdout.split()
    )


def test_importing_dedup_loads_nothing_heavy():
    assert not loaded_after("import dedup") & set(HEAVY)


def test_a_small_scan_loads_nothing_heavy():
    """One article: no numpy, and the command's own packages only where there is a command."""
    seeds = str(ROOT / "seeds")
    scan = f"import dedup, pathlib\nassert dedup.scan(pathlib.Path({seeds!r})).matches"
    assert not loaded_after(scan) & set(HEAVY)


def test_plain_rows_load_no_format_of_newsrooms(tmp_path):
    """They take longer to load than a draft to read; a row without the field of the text asks for them."""
    (tmp_path / "a.jsonl").write_text('{"text": "a row"}\n\nnone\n{"body": "a row"}\n')
    read = f"import dedup.read, pathlib\nrows = dedup.read.read(pathlib.Path({str(tmp_path)!r}), dedup.Settings())"
    loaded = "'dedup.read.newsroom.items' in sys.modules"
    loaded_after(f"{read}\nnext(rows), next(rows)\nassert not {loaded}\nnext(rows)\nassert {loaded}")


def test_the_formats_of_newsrooms_are_those_that_have_a_shape():
    assert set(NEWSROOM) == {shape.name for shape in SHAPES}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_pickle_and_no_eval(path):
    """Nothing that was stored or sent is ever run."""
    tree = ast.parse(path.read_text("utf-8"))
    banned = {"pickle", "shelve", "marshal", "joblib", "dill", "socket", "urllib", "http"}
    named = {name.split(".")[0] for name in imports(path) if not name.startswith("urllib.parse.")}
    assert not banned & named
    calls = {n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
    assert not calls & {"eval", "exec", "compile", "__import__"}


def test_partial_ratio_and_its_kin_are_not_used():
    """`partial_ratio` takes minutes on long texts, and token_set_ratio is 1 for any subset."""
    for path in (ROOT / "dedup").rglob("*.py"):
        text = path.read_text("utf-8")
        assert not [name for name in ("partial_ratio", "token_set_ratio", "WRatio", "default_process") if name in text]


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_modules_and_functions_stay_small(path):
    """A module is one idea, a function one level: at most 45 lines of body; a kernel is one pass."""
    most = 65 if "kernels" in path.parts else 45
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef):
            docstring = ast.get_docstring(node) is not None
            body = node.body[1:] if docstring else node.body
            lines = body[-1].end_lineno - body[0].lineno + 1 if body else 0
            assert lines <= most, f"{path}: {node.name} has {lines} lines"

from __future__ import annotations

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LAYERS = ("ingest", "index", "assistant", "ui")  # each may import itself and those before it
MOST_LINES = 300
HEAVY = (
    "torch",
    "chromadb",
    "gradio",
    "llama_index",
    "sentence_transformers",
    "transformers",
    "openvino",
    "trafilatura",
)
# What a person waits for: each of these takes half a second to ten seconds to import.
SLOW = ("torch", "chromadb", "gradio", "llama_index", "sentence_transformers")
MODULES = sorted(path for layer in LAYERS for path in (ROOT / layer).rglob("*.py"))


def names(paths: list[Path]) -> list[str]:
    return [path.relative_to(ROOT).as_posix() for path in paths]


def imported(tree: ast.AST) -> set[str]:
    """The packages that a tree imports anywhere, type checking included."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are written out in full"
            found.add((node.module or "").split(".")[0])
    return found


def test_there_are_modules_to_look_at() -> None:
    assert len(MODULES) > 60
    assert {path.parent.name for path in MODULES} >= set(LAYERS)


@pytest.mark.parametrize("path", MODULES, ids=names(MODULES))
def test_imports_point_one_way(path: Path) -> None:
    layer = LAYERS.index(path.relative_to(ROOT).parts[0])
    found = imported(ast.parse(path.read_text("utf-8")))

    assert not found & set(LAYERS[layer + 1 :])
    assert not found & {"tests", "training", "docs"}


@pytest.mark.parametrize("layer", LAYERS)
def test_the_folders_of_a_layer_use_one_another_one_way(layer: str) -> None:
    used: dict[str, set[str]] = {}
    for path in (ROOT / layer).rglob("*.py"):
        own = path.relative_to(ROOT / layer).with_suffix("").parts[0]  # a folder, or a module beside the folders
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{layer}."):
                used.setdefault(own, set()).add((node.module or "").split(".")[1])

    kept = {own: others - {own} for own, others in used.items()}
    assert any(kept.values()), "nothing was looked at"
    tuple(TopologicalSorter(kept).static_order())  # raises where they go round in a circle


@pytest.mark.parametrize("path", MODULES, ids=names(MODULES))
def test_a_module_says_what_it_is_and_is_short(path: Path) -> None:
    text = path.read_text("utf-8")

    assert ast.get_docstring(ast.parse(text)), "a module opens with a sentence that says what it gives"
    assert len(text.splitlines()) <= MOST_LINES


def loads(statement: str, packages: tuple[str, ...]) -> list[str]:
    """Those of the packages that a statement makes a fresh interpreter load."""
    code = f"{statement}\nimport sys\nprint(*sorted(set({packages!r}) & set(sys.modules)), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stderr.split()


def test_what_counts_the_loaded_packages_can_see_one() -> None:
    assert loads("import numpy", ("numpy", "torch")) == ["numpy"]


def test_reading_pages_loads_nothing_heavy() -> None:
    modules = [path.relative_to(ROOT).with_suffix("").as_posix() for path in MODULES if path.stem != "__init__"]
    read = [module.replace("/", ".") for module in modules if module.startswith("ingest/")]
    assert {"ingest.parse", "ingest.formats.pdf.pdf", "ingest.site.crawl"} <= set(read)
    statement = "\n".join(f"import {module}" for module in read)

    assert loads(statement, HEAVY) == []


def test_help_is_shown_without_loading_anything_slow() -> None:
    statement = (
        "import sys\nsys.argv = ['footnoted', '--help']\nfrom ui.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert end.code in (0, None)"
    )

    assert loads(statement, SLOW) == []


def test_the_stores_are_opened_without_a_model() -> None:
    statement = "from pathlib import Path\nimport tempfile\nfrom index.stores import Stores\n"
    statement += "Stores(Path(tempfile.mkdtemp())).ledger.close()"

    assert loads(statement, SLOW) == []


def test_what_answers_questions_is_there_without_the_chat_page() -> None:
    assert loads("import ui.server, ui.app", ("gradio", "mcp", "mcp_types", "pandas", "fastapi")) == ["fastapi"]


def test_a_question_in_the_terminal_needs_no_web_framework() -> None:
    assert loads("import ui.link, ui.commands.terminal, ui.workspace", ("fastapi", "gradio", "numpy", "uvicorn")) == [
        "numpy"
    ]

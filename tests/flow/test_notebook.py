"""The notebook runs from its first cell to its last, and is committed without outputs."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def test_there_are_the_notebooks() -> None:
    assert [p.name for p in NOTEBOOKS] == [
        "01_from_two_lists_to_routes.ipynb",
        "02_how_sure_are_we.ipynb",
        "03_designing_routes.ipynb",
        "04_reading_supervision.ipynb",
    ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_it_is_stripped(path: Path) -> None:
    book = nbformat.read(path, as_version=4)
    nbformat.validate(book)
    cells = [c for c in book.cells if c.cell_type == "code"]
    assert [c.id for c in cells if c.outputs or c.execution_count is not None] == []
    # Words between: nobody meets more than a few cells of code without a reason for them.
    kinds = "".join(c.cell_type[0] for c in book.cells)
    assert "cccc" not in kinds
    assert max(len(c.source.splitlines()) for c in cells) <= 30


# The others learn and search for a while: they run in the drill.
LEARNS = [
    pytest.param(p, marks=pytest.mark.drill) if not p.stem.startswith("01") else p
    for p in NOTEBOOKS
]


@pytest.mark.flow
@pytest.mark.parametrize("path", LEARNS, ids=[p.stem for p in NOTEBOOKS])
def test_it_runs(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Settings of whoever runs the tests must not reach the notebook, nor its leavings us.
    for name in ("HOME", "IPYTHONDIR", "MPLCONFIGDIR", "JUPYTER_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    book = nbformat.read(path, as_version=4)
    # 60 s is the promise for all of it; a cell that hangs is stopped on a busy machine too.
    client = NotebookClient(book, timeout=120, resources={"metadata": {"path": str(tmp_path)}})
    client.execute()

    outputs = [o for c in book.cells if c.cell_type == "code" for o in c.outputs]
    loud = [o.text for o in outputs if o.output_type == "stream" and o.name == "stderr"]
    assert loud == []
    pictures = [o for o in outputs if "image/png" in o.get("data", {})]
    assert len(pictures) == 2

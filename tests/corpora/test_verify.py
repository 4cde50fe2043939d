"""Built corpora are verified by their rows; the page of all corpora is the cards'."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from corpora.build import build
from corpora.cli import app
from corpora.pages import page
from corpora.verify import changed


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EOSUN_VAR", str(tmp_path))
    return build("grammar", options={"pairs": 300}).folder


def test_what_was_built_is_verified(folder: Path) -> None:
    assert changed(folder) == ""


def test_one_changed_letter_is_noticed(folder: Path) -> None:
    table = pq.read_table(folder / "en.parquet")
    texts = table["text"].to_pylist()
    texts[7] = texts[7].replace("e", "a", 1)
    column = pa.array(texts, table.schema.field("text").type)
    pq.write_table(table.set_column(table.schema.get_field_index("text"), "text", column), folder / "en.parquet")
    assert "the text has sha256" in changed(folder)


def test_missing_rows_and_broken_files_are_noticed(folder: Path) -> None:
    table = pq.read_table(folder / "ko.parquet")
    pq.write_table(table.slice(1), folder / "ko.parquet")
    assert changed(folder) == "the table of ko has 299 rows where 300 were built"
    (folder / "ko.parquet").write_bytes(b"PAR1")
    assert "the table of ko cannot be read" in changed(folder)
    (folder / "corpus.json").write_text("{")
    assert "corpus.json cannot be read" in changed(folder)


CARD = """name: {name}
title: a tiny corpus
languages: [ko]
kind: monolingual
aligned: false
licence: CC0
citation: nobody
reader: lines
files: [{{path: {name}.txt, local: {name}.txt}}]
"""


def test_fetched_files_and_built_tables_each_have_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two corpora; of one the file changes after its fetch, of the other the table. Exit code 2, a line each."""
    monkeypatch.setenv("EOSUN_CARDS", str(tmp_path / "cards"))
    monkeypatch.delenv("EOSUN_MIRROR", raising=False)
    (tmp_path / "cards").mkdir()
    for name in ("first", "second"):
        (tmp_path / "cards" / f"{name}.yaml").write_text(CARD.format(name=name), encoding="utf-8")
        lines = "".join(f"{name} 문장 {number}\n" for number in range(200))
        (tmp_path / "cards" / f"{name}.txt").write_text(lines, encoding="utf-8")
        folder = build(name).folder
    run = CliRunner()
    whole = run.invoke(app, ["verify", "first", "second"])
    assert (whole.exit_code, whole.stdout.count("as it was\n"), whole.stderr) == (0, 4, "")

    (tmp_path / "cards" / "first.txt").write_text("다른 문장\n", encoding="utf-8")
    (folder / "ko.parquet").write_bytes(b"PAR1")
    broken = run.invoke(app, ["verify", "first", "second"])
    assert (broken.exit_code, broken.stdout.count("as it was\n")) == (2, 2)
    (file, table) = broken.stderr.splitlines()
    assert "first.txt: has sha256" in file
    assert "get that one again" in file
    assert table.startswith(f"{folder.name}: the table of ko cannot be read")
    assert table.endswith("build it again.")
    assert run.invoke(app, ["verify", "second"]).exit_code == 2
    assert 'Unknown corpus "thrid"' in str(run.invoke(app, ["verify", "thrid"]).exception)


def test_the_page_of_the_documentation_is_the_cards() -> None:
    kept = Path(__file__).parents[2] / "docs" / "corpora.md"
    assert kept.read_text(encoding="utf-8") == page(), "write it again: eosun corpora docs --write docs/corpora.md"

"""Built corpora are verified by their rows; the page of all corpora is the cards'."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpora.build import build
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


def test_the_page_of_the_documentation_is_the_cards() -> None:
    kept = Path(__file__).parents[2] / "docs" / "corpora.md"
    assert kept.read_text(encoding="utf-8") == page(), "write it again: eosun corpora docs --write docs/corpora.md"

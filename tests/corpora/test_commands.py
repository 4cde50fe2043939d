"""What `eosun corpora` says of a corpus: hand-counted figures, sizes and states."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from corpora.cli import app

LINES = [f"{i}번 책" + " 또" * (i % 3 == 0) for i in range(90)]


def said(*words: str) -> str:
    done = CliRunner().invoke(app, list(words))
    assert done.exit_code == 0, done.output + repr(done.exception)
    return done.output


def test_show_says_what_is_there_and_what_went(tmp_path: Path) -> None:
    """90 sentences of 2 words, 30 of them of 3; two rows with too many spaces, one of them a repetition, one empty."""
    path = tmp_path / "mine.csv"
    rows = [*LINES[:-1], f" {LINES[-1]}", f"{LINES[0]}  ", " "]
    path.write_text("body\n" + "".join(f'"{row}"\n' for row in rows), encoding="utf-8")
    shown = said("show", str(path), "--lang", "ko", "--option", "text=body", "--option", "cleaning={words: [1, 9]}")
    lines = [" ".join(line.split()) for line in shown.splitlines()]
    assert "words (eojeol) 210" in lines
    assert f"bytes (UTF-8) {sum(len(line.encode()) for line in LINES)}" in lines
    assert "distinct words 92" in lines, "90 numbers, 책 and 또"
    assert "types per token 0.438" in lines
    assert f"2 {'█' * 40} 60" in lines
    assert f"3 {'█' * 20} 30" in lines
    assert [line for line in lines if line.startswith(("rows ", "texts "))] == [
        "rows read: 92",
        "texts changed, whitespace: 3",
        "rows removed, empty: 1",
        "rows removed, repeated: 1",
        "rows kept: 90",
    ]
    assert sum(line in LINES for line in lines) == 3, "three sentences of it"


def test_list_says_sizes_and_states(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import hashlib

    monkeypatch.setenv("EOSUN_CARDS", str(tmp_path / "cards"))
    monkeypatch.setenv("EOSUN_MIRROR", str(tmp_path))
    (tmp_path / "cards").mkdir()
    data = "\n".join(LINES).encode()
    for name, expected in (("tiny", "expected: 90"), ("tiny-two", "expected: 1234")):
        (tmp_path / "cards" / f"{name}.yaml").write_text(
            f"name: {name}\ntitle: t\nlanguages: [ko]\nkind: monolingual\naligned: false\nlicence: CC0\ncitation: n\n"
            f"reader: lines\n{expected}\n"
            f"files: [{{lang: ko, path: {name}.txt, sha256: {hashlib.sha256(data).hexdigest()}}}]\n"
        )

    def row(name: str) -> list[str]:
        (found,) = [line.split() for line in said("list").splitlines() if line.split()[:1] == [name]]
        return found

    assert row("tiny") == ["tiny", "ko", "monolingual", "(90)", "CC0", "no", "t"]
    (tmp_path / "tiny.txt").write_bytes(data)
    assert row("tiny")[5] == "fetched"
    said("build", "tiny")
    assert row("tiny") == ["tiny", "ko", "monolingual", "90", "CC0", "built", "t"]
    assert row("tiny-two") == ["tiny-two", "ko", "monolingual", "(1,234)", "CC0", "no", "t"]
    assert "generated" in row("grammar")


def test_options_on_the_command_line_are_checked(tmp_path: Path) -> None:
    from corpora.errors import CorpusError

    (tmp_path / "mine.txt").write_text("\n".join(LINES), encoding="utf-8")
    for option, message in (
        ("cleaning", "written key=value"),
        ("cleaning={words: [1, many]}", "mine: cleaning.words: must be the least and the largest number"),
        ("cleaning={script: 2}", "cleaning.script: Input should be less than or equal to 1"),
        ("text=[", "is not YAML"),
        ("text=body", 'Unknown option of mine.txt "text"'),
        ("deduplicate=some", 'Unknown rule of deduplicate "some"'),
    ):
        done = CliRunner().invoke(app, ["build", str(tmp_path / "mine.txt"), "--lang", "ko", "--option", option])
        assert isinstance(done.exception, CorpusError)
        assert message in str(done.exception)

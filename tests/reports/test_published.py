"""A published report is small text files that give the same bytes; a report is held to the runs it names."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pandas as pd
import pytest

from corpora.errors import EosunError
from reports import published
from reports.analysis import analyse
from reports.build import files_of
from reports.inputs import Inputs
from tests.reports.synthetic import inputs

ROOT = Path(__file__).parents[2]
EXAMPLES = {"ko": {"natural": ["학생은", " 책을", " 읽었다", "."]}, "en": {"natural": ["a", ' "b"', " c,d"]}}


def as_tracked(given: Inputs) -> Inputs:
    """Values as tracked runs have them: single precision."""
    rows = given.observations
    return replace(given, observations=rows.assign(value=rows["value"].astype("float32").astype("float64")))


@pytest.fixture(scope="module")
def made_up() -> Inputs:
    return as_tracked(inputs(flagged=(("ko", "lstm", 1),), examples=EXAMPLES))


@pytest.fixture(scope="module")
def kept(made_up: Inputs, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of published reports that holds one."""
    folder = tmp_path_factory.mktemp("published")
    published.publish(made_up, folder / "word-order")
    return folder


def test_the_same_bytes_come_of_the_text_files(made_up: Inputs, kept: Path) -> None:
    direct = replace(made_up, study={**made_up.study, "ui": ""})
    made = files_of(direct, analyse(direct), "ko")
    again = published.read(kept / "word-order")
    assert files_of(again, analyse(again), "ko") == made
    hashes = published.expected(kept / "word-order")
    assert {name.partition("/")[0] for name in hashes} == {"en", "ko"}
    assert {name: hashes[f"ko/{name}"] for name in made} == {
        name: sha256(data).hexdigest() for name, data in made.items()
    }
    assert all(path.suffix in (".csv", ".json") for path in (kept / "word-order").iterdir())


def test_no_file_has_two_megabytes(made_up: Inputs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a limit of 20 kB the observations are cut, and nothing is lost."""
    monkeypatch.setattr(published, "LARGEST", 20_000)
    monkeypatch.setattr(published, "languages", list)
    published.publish(made_up, tmp_path / "here")
    sizes = [path.stat().st_size for path in (tmp_path / "here").glob("*.csv")]
    assert max(sizes) <= 20_000
    assert len(sizes) > 6
    columns = ["run_id", "measure", "test_order", "x", "sentence_id", "value", "lang", "seed"]
    before, after = (one.observations[columns].sort_values(columns[:5], ignore_index=True)
                     for one in (made_up, published.read(tmp_path / "here")))  # fmt: skip
    assert before.to_csv() == after.to_csv()


def _seeds(given: Inputs, *seeds: int) -> Inputs:
    """Of the networks the runs of these seeds; floors have seed 0 and are in every part."""
    runs = given.runs[given.runs["seed"].isin(seeds) | given.runs["model"].isin(["unigram", "bigram"])]
    rows = given.observations
    return replace(given, runs=runs, observations=rows[rows["run_id"].isin(runs["run_id"])])


@pytest.fixture
def text_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Text files are written and no page is built of them."""
    monkeypatch.setattr(published, "languages", list)


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.usefixtures("text_alone")
def test_seeds_that_are_added_later_give_the_bytes_of_all_at_once(made_up: Inputs, tmp_path: Path) -> None:
    whole = replace(made_up, runs=made_up.runs.assign(cell=made_up.runs["run_id"].str[:11]))
    first, more = _seeds(whole, 0, 1), _seeds(whole, 2)
    published.publish(first, tmp_path / "grown")
    before = _files(tmp_path / "grown")
    published.publish(first, tmp_path / "grown", add=True)
    assert _files(tmp_path / "grown") == before, "nothing is new"
    published.publish(more, tmp_path / "grown", add=True)
    published.publish(whole, tmp_path / "whole")
    assert _files(tmp_path / "grown") == _files(tmp_path / "whole")


@pytest.mark.usefixtures("text_alone")
def test_a_table_of_sentences_is_cut_where_it_is_long(
    made_up: Inputs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published.publish(made_up, tmp_path / "whole")
    monkeypatch.setattr(published, "LARGEST", 3_000)
    published._in_parts(pd.read_csv(tmp_path / "whole" / "sentences.csv", dtype=str), tmp_path / "whole", "sentences")
    (tmp_path / "whole" / "sentences.csv").unlink()
    assert len(list((tmp_path / "whole").glob("sentences-*.csv"))) > 1
    before, after = (
        made_up.sentences.drop(columns=["text", "label"], errors="ignore"),
        published.read(tmp_path / "whole").sentences,
    )
    keys = ["lang", "unit", "condition", "sentence_id"]
    columns = [name for name in before if name in after]
    pd.testing.assert_frame_equal(
        before.sort_values(keys)[columns].reset_index(drop=True), after[columns], check_dtype=False
    )


@pytest.mark.usefixtures("text_alone")
def test_a_measure_can_be_left_out(made_up: Inputs, tmp_path: Path) -> None:
    published.publish(made_up, tmp_path / "all")
    published.publish(made_up, tmp_path / "some", without=["truncation"])
    assert set(published.read(tmp_path / "some").observations["measure"]) == {"surprisal", "unit_surprisal"}
    sizes = [sum(path.stat().st_size for path in (tmp_path / name).iterdir()) for name in ("all", "some")]
    assert sizes[1] < 0.8 * sizes[0]
    published.publish(made_up, tmp_path / "fewer", without=["truncation", "local_3"])
    assert set(published.read(tmp_path / "fewer").observations["test_order"]) == {"natural", "reverse", "shuffle"}
    assert "local_3" not in set(published.read(tmp_path / "fewer").audits["order"])
    with pytest.raises(
        EosunError,
        match="hold no measure or test order truncated to leave out: they hold surprisal, truncation, unit_surprisal; ",
    ):
        published.publish(made_up, tmp_path / "some", without=["truncated"])


@pytest.mark.usefixtures("text_alone")
def test_added_runs_hold_what_the_published_ones_hold(made_up: Inputs, tmp_path: Path) -> None:
    whole = replace(made_up, runs=made_up.runs.assign(cell=made_up.runs["run_id"].str[:11]))
    first, more = _seeds(whole, 0, 1), _seeds(whole, 2)
    published.publish(first, tmp_path / "here", without=["truncation"])
    with pytest.raises(EosunError, match=r"some seeds hold truncation and others do not: .* --without truncation"):
        published.publish(more, tmp_path / "here", add=True)
    published.publish(more, tmp_path / "here", add=True, without=["truncation"])
    published.publish(whole, tmp_path / "whole", without=["truncation"])
    assert _files(tmp_path / "here") == _files(tmp_path / "whole")


@pytest.mark.usefixtures("text_alone")
def test_runs_of_another_design_are_not_added(made_up: Inputs, tmp_path: Path) -> None:
    published.publish(made_up, tmp_path / "here")
    before = (tmp_path / "here" / "runs.csv").read_bytes()
    with pytest.raises(
        EosunError, match="other designs cannot be put together: the published ones are of dddddddddddd"
    ):
        published.publish(replace(made_up, runs=made_up.runs.assign(design="e" * 64)), tmp_path / "here", add=True)
    assert (tmp_path / "here" / "runs.csv").read_bytes() == before


def test_a_text_of_the_corpus_is_not_published(kept: Path) -> None:
    """Only the sentences that the report shows; the other 39 of a language stay where they were."""
    assert "학생은 책을 읽었다." not in (kept / "word-order" / "sentences.csv").read_text(encoding="utf-8")


def test_only_a_published_report_is_written_over(made_up: Inputs, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    with pytest.raises(EosunError, match="something else"):
        published.publish(made_up, tmp_path / "mine")
    with pytest.raises(EosunError, match="not a published report"):
        published.read(tmp_path)


def eosun(room: Path, *words: str) -> subprocess.CompletedProcess[str]:
    around = {**os.environ, "EOSUN_VAR": str(room / "var"), "EOSUN_REPORTS": str(room / "reports")}
    command = [sys.executable, str(ROOT / "eosun.py"), *words]
    return subprocess.run(command, env=around, cwd=room, capture_output=True, text=True, check=False)


def test_rebuild_needs_no_store_and_says_what_differs(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from typer.testing import CliRunner

    from eosun import app

    monkeypatch.setenv("EOSUN_REPORTS", str(tmp_path / "reports"))
    shutil.copytree(kept, tmp_path / "kept")
    done = CliRunner().invoke(app, ["rebuild", "--from", str(tmp_path / "kept")])
    assert done.exit_code == 0, done.output
    assert done.output.count("as published") == 2
    assert not (tmp_path / "var" / "mlflow").exists()
    page = tmp_path / "reports" / "published" / "word-order" / "ko" / "report.html"
    assert '<html lang="ko">' in page.read_text(encoding="utf-8")
    wanted = tmp_path / "kept" / "word-order" / "expected.json"
    told = wanted.read_text(encoding="utf-8")
    wanted.write_text(told.replace('"ko/report.pdf"', '"ko/other.pdf"'), encoding="utf-8")
    done = CliRunner().invoke(app, ["rebuild", "--from", str(tmp_path / "kept")])
    assert done.exit_code == 1, "a file that should be there is not"
    assert "other bytes than published in other.pdf" in done.output
    wanted.write_text(told, encoding="utf-8")
    table = next((tmp_path / "kept" / "word-order").glob("observations-ko*"))
    table.write_text(table.read_text().replace("surprisal,shuffle,0.0,s0003,", "surprisal,shuffle,0.0,s0003,9"))
    done = CliRunner().invoke(app, ["rebuild", "word-order", "--from", str(tmp_path / "kept")])
    assert done.exit_code == 1
    assert "other bytes than published in manifest.json, report.html" in done.output


def test_a_report_is_held_to_its_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Built from a really tracked run, it follows; a digit changed in the table, or the page, is named."""
    from experiments.export import export
    from reports.build import build
    from reports.tracked import differences, tracked

    settings = ("models=[unigram, bigram]", "sample.train=300", "sample.valid=40", "sample.test=40", "corpus_options.pairs=800",
                "vocabulary=900")  # fmt: skip
    done = eosun(
        tmp_path,
        "run",
        "word_order",
        "--lang",
        "ko",
        "--preset",
        "smoke",
        *(w for one in settings for w in ("--set", one)),
    )
    assert done.returncode == 0, done.stderr
    monkeypatch.setenv("EOSUN_VAR", str(tmp_path / "var"))
    given = tracked("word_order")
    build(given, tmp_path / "report", "ko")
    page = (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    run = export("word_order").runs.iloc[0]
    assert f'href="http://127.0.0.1:5000/#/experiments/{run["experiment"]}/runs/{run["run_id"]}"' in page
    assert differences(tmp_path / "report") == []
    table = tmp_path / "report" / "results.csv"
    lines = table.read_text(encoding="utf-8").split("\n")
    cells = lines[1].split(",")
    estimate, cells[8] = cells[8], "99999.0000"
    table.write_text("\n".join([lines[0], ",".join(cells), *lines[2:]]), encoding="utf-8")
    (tmp_path / "report" / "report.pdf").unlink()
    assert differences(tmp_path / "report") == [
        "report.pdf is missing",
        f"results.csv: line 2 (ko eojeol {cells[2]} natural natural {cells[6]}): estimate is 99999.0000, and {estimate} by the runs",
    ]
    manifest = tmp_path / "report" / "manifest.json"
    content = json.loads(manifest.read_text())
    content["runs"] = {"f" * 32: {}}
    manifest.write_text(json.dumps(content))
    with pytest.raises(EosunError, match=f"no finished run {'f' * 32}"):
        differences(tmp_path / "report")
    shutil.rmtree(tmp_path / "report")
    with pytest.raises(EosunError, match="no manifest"):
        differences(tmp_path / "report")

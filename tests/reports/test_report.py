"""The report: recovers what was planted, claims no more than it may, and is the same to the byte."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from corpora.errors import EosunError
from reports.analysis import Analysis, analyse, effective_context
from reports.build import build, changed
from reports.document import Table
from reports.inputs import Inputs
from reports.sections import Report
from reports.sections.text import counts, vocabularies
from reports.verdicts import between, ladder, verdict
from reports.words import words_of
from tests.reports.synthetic import COSTS, inputs

ROOT = Path(__file__).parents[2]


def results(given: Inputs, folder: Path) -> pd.DataFrame:
    build(given, folder)
    return pd.read_csv(folder / "results.csv", keep_default_na=False)


def as_dicts(table: Table) -> list[dict[str, str]]:
    """Rows of a table of the document by the names of its columns."""
    return [
        dict(zip((c.name for c in table.columns), ("".join(p.text for p in c.text) for c in row.cells), strict=True))
        for row in table.rows
    ]


def between_text(analysis: Analysis) -> str:
    found = between(analysis)
    return found.text if found else ""


def test_planted_costs_are_recovered(tmp_path: Path) -> None:
    table = results(inputs(seeds=5, sentences=200), tmp_path / "report")
    for lang, costs in COSTS.items():
        for order, cost in costs.items():
            rows = table[(table["lang"] == lang) & (table["model"] == "lstm") & (table["quantity"] == "order_cost")]
            (row,) = rows[rows["test_order"] == order].to_dict("records")
            assert float(row["low"]) <= cost <= float(row["high"])
            assert float(row["p_holm"]) < 0.001
            assert len(row["run_ids"].split(";")) == 5
    floor = table[(table["model"] == "unigram") & (table["quantity"] == "order_cost")]
    assert set(floor["estimate"].astype(float)) == {0.0}
    apart = table[(table["lang"] == "ko-en") & (table["quantity"] == "order_cost") & (table["test_order"] == "shuffle")]
    assert float(apart["low"].iloc[0]) <= -20.0 <= float(apart["high"].iloc[0])
    assert len(apart["run_ids"].iloc[0].split(";")) == 10, "a difference leads to the runs of both languages"


def test_the_parquet_holds_the_numbers_of_the_csv(tmp_path: Path) -> None:
    written = results(inputs(), tmp_path / "report")
    table = pd.read_parquet(tmp_path / "report" / "results.parquet")
    assert list(table.columns) == list(written.columns)
    for name in table:
        if table[name].dtype == float:
            assert np.array_equal(table[name], pd.to_numeric(written[name]), equal_nan=True)
        else:
            assert list(table[name].astype(str)) == list(written[name].astype(str))


def test_verdicts_say_what_was_planted() -> None:
    analysis = analyse(inputs(seeds=5, sentences=200))
    assert verdict(analysis, "ko").text.startswith("Korean: shuffling its eojeol costs an LSTM 39.7 [")
    said = between_text(analysis)
    assert "English models stand higher" in said, "60 against 40 bits, 3.75 against 3.33 per bit of log2 n!"


def test_no_verdict_between_languages_where_bits_and_shares_disagree() -> None:
    """English loses 48 bits of 16 a sentence, Korean 44 of 12: more bits, and fewer per bit of log2 n!."""
    costs = {"ko": {"shuffle": 44.0}, "en": {"shuffle": 48.0}}
    said = between_text(analyse(inputs(seeds=5, sentences=400, costs=costs)))
    assert "do not agree" in said


def test_one_seed_gets_no_verdict_between_languages() -> None:
    assert "too few for a verdict" in between_text(analyse(inputs(seeds=1)))
    assert "One seed" in verdict(analyse(inputs(seeds=1)), "ko").text


def test_localised_text_is_not_compared_between_languages(tmp_path: Path) -> None:
    given = inputs(comparable=False)
    assert between_text(analyse(given)) == ""
    assert "ko-en" not in set(results(given, tmp_path / "report")["lang"])


def test_the_text_is_counted_in_every_unit_of_its_language() -> None:
    """40 made-up sentences: Korean has 7 eojeol, 15 morphemes, 30 syllables each, English 7 words, 5 chunks."""
    made_up = inputs()
    report = Report(made_up, analyse(made_up), words_of("en"))
    korean, english, shares = as_dicts(counts(report))
    assert korean == {
        "language": "Korean", "sentences": "40", "eojeol or words": "280", "hosts and particles": "520", "morphemes": "600", "chunks": "–",
        "syllables or characters": "1,200", "jamo or letters": "2,400", "bytes": "3,200",
    }  # fmt: skip
    assert (english["morphemes"], english["chunks"]) == ("–", "200")
    assert (shares["eojeol or words"], shares["morphemes"], shares["bytes"]) == ("1.000", "–", "1.000")
    (row, _) = as_dicts(vocabularies(report))
    assert (row["pieces per word"], row["per unit"], row["per character"]) == ("2.86", "2.50", "0.667")


def test_sentences_of_one_document_widen_the_interval() -> None:
    apart, together = (
        analyse(inputs(sentences=120, documents=documents)) for documents in (lambda name: "", lambda name: name[:4])
    )
    group = next(row.group for row in apart.rows if row.group.model == "lstm")
    natural = [found.find(group, "natural", "bits_per_sentence") for found in (apart, together)]
    assert natural[0] is not None
    assert natural[1] is not None
    assert natural[0].estimate.value == natural[1].estimate.value
    assert natural[0].estimate.error != natural[1].estimate.error


def test_the_page_says_how_many_documents_there_are(tmp_path: Path) -> None:
    page, _ = build(inputs(sentences=40, documents=lambda name: name[:4]), tmp_path / "report")
    assert "come from 4 documents" in page.read_text(encoding="utf-8")


def test_the_ladder_needs_both_steps() -> None:
    level = inputs(seeds=5, costs={"ko": {"local_3": 30.0, "shuffle": 30.0}, "en": {"local_3": 30.0, "shuffle": 60.0}})
    analysis = analyse(level)
    groups = {row.group.lang: row.group for row in analysis.rows if row.group.model == "lstm"}
    assert ladder(analysis, groups["ko"]) is False
    assert ladder(analysis, groups["en"]) is True


def test_flagged_runs_are_listed_and_in_no_average(tmp_path: Path) -> None:
    given = inputs(flagged=(("ko", "lstm", 1),))
    rows = results(given, tmp_path / "report")
    korean = rows[(rows["lang"] == "ko") & (rows["model"] == "lstm")]
    assert set(korean["n_seeds"].astype(int)) == {2}
    assert not korean["run_ids"].str.contains("kolstm1").any()
    page = (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    assert "1 run(s) are flagged" in page
    assert "kolstm1" in page


def test_the_page_says_what_was_tuned_and_every_version(tmp_path: Path) -> None:
    given = inputs()
    settings = json.loads(given.runs["settings"].iloc[0])
    settings["study"]["tuned"] = {"ko/lstm": {"training.learning_rate": 0.00417, "training.dropout": 0.31}}
    versions = [json.dumps({"keras": "3.1" if seed else "3.2"}) for seed in given.runs["seed"]]
    changed = replace(given, runs=given.runs.assign(settings=json.dumps(settings), versions=versions))
    text = build(changed, tmp_path)[0].read_text(encoding="utf-8")
    assert "ko/lstm: dropout 0.31, learning_rate 0.00417" in text
    assert "keras 3.1 and 3.2" in text
    assert "tuned" not in build(given, tmp_path)[0].read_text(encoding="utf-8").partition("<body")[2]


def test_all_runs_flagged_claims_nothing() -> None:
    given = inputs(langs=("ko",), flagged=tuple(("ko", "lstm", i) for i in range(3)))
    assert "nothing is claimed" in verdict(analyse(given), "ko").text


@pytest.mark.parametrize(
    "options",
    [{"langs": ("ko",)}, {"langs": ("en",)}, {"seeds": 1}, {"contexts": ()}, {"models": ("unigram", "bigram")}],
    ids=str,
)
def test_whatever_is_missing_the_page_is_made(options: dict[str, object], tmp_path: Path) -> None:
    page, _ = build(inputs(**options), tmp_path / "report")  # type: ignore[arg-type]
    assert page.read_text(encoding="utf-8").rstrip().endswith("</html>")


def test_text_of_a_corpus_is_text_on_the_page(tmp_path: Path) -> None:
    evil = "<script>alert('어순')</script>"
    page, _ = build(inputs(title=evil, examples={"ko": {"natural": [evil]}}), tmp_path / "report")
    html = page.read_text(encoding="utf-8")
    assert "<script>alert" not in html
    assert html.count("&lt;script&gt;alert") >= 2


def test_the_page_asks_nothing_of_the_network(tmp_path: Path) -> None:
    page, _ = build(inputs(), tmp_path / "report")
    html = page.read_text(encoding="utf-8")
    assert 'src="http' not in html
    assert 'href="http' not in html
    assert "default-src 'none'" in html
    assert len(html) < 3_000_000


def _built_elsewhere(folder: Path, zone: str, locale: dict[str, str], hash_seed: str, shuffle: int) -> dict[str, str]:
    program = f"""
import pandas as pd
from pathlib import Path
from dataclasses import replace
from reports.build import build
from tests.reports.synthetic import inputs
given = inputs(examples={{"ko": {{"natural": ["학생은", "책을", "읽었다"]}}}})
mixed = {{n: getattr(given, n).sample(frac=1.0, random_state={shuffle}) for n in ("runs", "observations", "sentences")}}
for lang in ("en", "ko"):
    build(replace(given, **mixed), Path({str(folder)!r}) / "report" / lang, lang)
"""
    found = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    environment = {
        **os.environ, "TZ": zone, **locale, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": found, "HOME": str(folder), "EOSUN_VAR": str(folder / "var"),
    }  # fmt: skip
    folder.mkdir()
    (folder / "make.py").write_text(program, encoding="utf-8")
    subprocess.run([sys.executable, str(folder / "make.py")], cwd=folder, env=environment, check=True)
    made = sorted((folder / "report").glob("*/*"))
    return {f"{path.parent.name}/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest() for path in made}


def test_the_same_runs_give_the_same_bytes(tmp_path: Path) -> None:
    """Another time zone, encoding of text, folder, home, hash seed, order of the runs, number of threads and processor
    that products are computed for: not a byte differs, in page or PDF."""
    plain = {"LC_ALL": "C.UTF-8"}
    if f"{ROOT}{sys.executable}".isascii():  # from a folder with Hangul in its name Python itself does not start so
        plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    older = {"OPENBLAS_NUM_THREADS": "1", "OPENBLAS_CORETYPE": "Haswell"}
    first = _built_elsewhere(tmp_path / "one", "UTC", {**plain, **older}, "1", 1)
    second = _built_elsewhere(tmp_path / "두 번째 폴더", "Asia/Seoul", {"LC_ALL": "", "LANG": "ko_KR.UTF-8"}, "2", 2)
    assert first == second
    assert len(first) == 10, "page, PDF, two tables and manifest, in two languages"


def test_a_changed_file_is_noticed(tmp_path: Path) -> None:
    build(inputs(), tmp_path / "report")
    assert changed(tmp_path / "report") == []
    table = tmp_path / "report" / "results.csv"
    table.write_text(table.read_text().replace("lstm", "LSTM"))
    assert changed(tmp_path / "report") == ["results.csv"]
    with pytest.raises(EosunError, match="no manifest"):
        changed(tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        '{"files": 1}',
        '{"files": {"../else.html": "0"}, "study": {"name": "s"}, "designs": ["d"], "language": "en", "runs": {}}',
    ],
    ids=["cut", "list", "number", "outside"],
)
def test_a_broken_manifest_is_one_line(content: str, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(EosunError, match=r"manifest\.json"):
        changed(tmp_path)


def test_what_else_lies_in_the_folder_stays(tmp_path: Path) -> None:
    folder = tmp_path / "reports" / "report"
    build(inputs(langs=("ko",), contexts=()), folder)
    (folder / "notes.txt").write_text("mine")
    build(inputs(langs=("en",), contexts=()), folder)
    assert (folder / "notes.txt").read_text() == "mine"
    assert changed(folder) == []
    assert [path.name for path in folder.parent.iterdir()] == ["report"], "no draft is left behind"


def test_a_report_that_cannot_be_put_in_place_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "report"
    build(inputs(langs=("ko",), contexts=()), folder)
    before = (folder / "report.html").read_bytes()
    rename = Path.rename

    def full(self: Path, target: Path) -> Path:
        if self.name.startswith(".draft-") and not self.name.endswith(".before"):
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", full)
    with pytest.raises(EosunError, match="No space left"):
        build(inputs(langs=("en",), contexts=()), folder)
    assert (folder / "report.html").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_the_manifest_leads_to_every_run(tmp_path: Path) -> None:
    given = inputs()
    build(given, tmp_path / "report")
    manifest = json.loads((tmp_path / "report" / "manifest.json").read_text(encoding="utf-8"))
    assert set(manifest["runs"]) == set(given.runs["run_id"])
    assert manifest["corpora"] == {"grammar": "a" * 64}


def test_effective_context_by_hand() -> None:
    """Worth 10 bits, 1 % of it .1: missing 10, 3, .5, .1, .0 — from the fourth context on nothing above .1 is missing."""
    contexts = (1, 2, 4, 8, 16)
    assert effective_context(contexts, np.array([110.0, 103.0, 100.5, 100.1, 100.0]), 100.0) == 8
    assert effective_context(contexts, np.array([110.0, 103.0, 100.5, 100.1, 100.2]), 100.0) is None
    assert effective_context(contexts, np.array([110.0, 100.0, 100.5, 100.0, 100.0]), 100.0) == 8, "a later rise counts"
    assert effective_context(contexts, np.array([100.0, 100.0, 100.0, 100.0, 100.0]), 100.0) == 1, "nothing to gain"
    assert effective_context(contexts, np.array([99.9, 99.9, 100.0, 100.0, 100.0]), 100.0) == 1


def test_models_that_a_5_gram_matches_are_marked_in_the_tables(tmp_path: Path) -> None:
    given = inputs(langs=("ko",))
    lost = given.runs.assign(**{"metric.margin_over_ngram_5": -0.01})
    marked = build(replace(given, runs=lost), tmp_path / "marked")[0].read_text(encoding="utf-8")
    assert "lstm †" in marked
    assert "bigram †" not in marked
    assert "nothing is claimed from them" in marked
    assert "†" not in build(given, tmp_path / "plain")[0].read_text(encoding="utf-8").partition("<body")[2]

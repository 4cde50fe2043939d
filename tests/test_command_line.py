"""The command line as a user meets it: one clear line and exit code 2 for every mistake, nothing half-written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from corpora.errors import unknown
from experiments.cli import without_folders
from experiments.study import study_names

ROOT = Path(__file__).parent.parent


def eosun(*words: str, room: Path, text: str | bytes = "", **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "eosun.py"), *words]
    given = text.encode() if isinstance(text, str) else text
    around = {**os.environ, "EOSUN_VAR": str(room / "var"), "EOSUN_REPORTS": str(room / "reports"), **environment}
    done = subprocess.run(command, input=given, capture_output=True, cwd=ROOT, env=around, check=False)
    return subprocess.CompletedProcess(command, done.returncode, done.stdout.decode(), done.stderr.decode())


def lines(count: int = 80) -> str:
    return "".join(f"학생 {i}번은 책 {i * 7 % 13}권을 읽었다.\n" for i in range(count))


FILES: dict[str, bytes] = {
    "empty.txt": b"",
    "few.txt": lines(10).encode(),
    "cp949.txt": lines().encode("cp949"),
    "nul.txt": lines().encode() + b"\0\n",
    "mark.txt": lines().encode() + "가▁나\n".encode(),
    "three.tsv": b"ko\ten\n" + "가\ta\n".encode() * 3 + "나\tb\tc\n".encode(),
    "hole.tsv": b"ko\ten\n" + "가\ta\n".encode() * 3 + "나\t \n".encode(),
    "which.tsv": b"a\tb\n" * 80,
}


@pytest.mark.parametrize(
    ("corpus", "message"),
    [
        ("missing.txt", "There is no file"),
        ("empty.txt", "is empty"),
        ("few.txt", "10 different sentences: at least 50"),
        ("cp949.txt", "cp949.txt, line 1: not UTF-8 (it reads as CP949)"),
        ("nul.txt", "nul.txt, line 81: a NUL byte"),
        ("mark.txt", "mark.txt, line 81: the text holds U+2581"),
        ("three.tsv", "three.tsv, line 5: 3 columns where there should be 2"),
        ("hole.tsv", "hole.tsv, line 5: the en column is empty"),
        ("which.tsv", "which column is Korean cannot be told"),
        ("folder.txt", "is a folder"),
    ],
)
def test_a_file_that_cannot_be_used(corpus: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "folder.txt").mkdir()
    if corpus in FILES:
        (tmp_path / corpus).write_bytes(FILES[corpus])
    done = eosun("corpora", "build", str(tmp_path / corpus), "--lang", "ko", room=tmp_path)
    assert done.returncode == 2, done.stderr
    assert message in done.stderr
    assert done.stderr.count("\n") == 1, "one line"
    left = tmp_path / "var" / "corpora"
    assert not left.exists() or not list(left.iterdir()), "something half-written is left"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["run", "word_order", "--lang", "kr"], 'Unknown language "kr". Did you mean "ko"'),
        (["run", "word_odrer", "--lang", "ko"], 'Did you mean "word_order"'),
        (["run", "word_order", "--preset", "smok"], 'Did you mean "smoke"'),
        (["run", "word_order", "--corpus", "gramar"], 'Unknown corpus "gramar". Did you mean "grammar"'),
        (["run", "word_order", "--set", "seed=3"], 'Unknown setting "seed". Did you mean "seeds"'),
        (["run", "word_order", "--set", "corpus_options.scrambeling=1"], "scrambeling"),
        (["perturb", "--lang", "ko", "--order", "revers"], 'Did you mean "reverse"'),
        (["perturb", "--lang", "ko", "--unit", "subword"], "needs a vocabulary"),
        (["perturb", "--lang", "ko", "--unit", "word"], 'Units of "ko": eojeol, particle, morpheme'),
        (["perturb", "--lang", "en", "--order", "legal_scramble"], "arguments may stand in any order"),
        (["perturb", "--lang", "ko", "--order", "head_initial_flip"], "needs trees: name a corpus that has them"),
        (["perturb", "--lang", "ko", "--order", "local_1"], "k must be 2 or more"),
        (
            ["perturb", "--lang", "ko", "--order", "particle_drop_topic"],
            "kind is one of structural, adverbial, auxiliary",
        ),
        (["perturb", "--lang", "en", "--order", "drop_foo"], "pos is word classes joined by _, out of noun"),
        (["perturb", "--lang", "en", "--order", "keep_noun"], "only content and function words are told apart"),
        (["orders", "--lang", "en", "--unit", "particle"], 'Units of "en": word, chunk'),
        (["audit", "--lang", "ko", "--output", "nowhere/a.csv"], "There is no folder nowhere"),
        (["audit", "--lang", "ko", "--chart", "a.jpg"], "the ending must be .svg or .png or .html"),
        (["run", "word_order", "--set", "test_orders=natural"], "must be a list"),
        (["perturb", "--lang", "he", "--transform", "drop_vowels"], "which has: strip_vowels"),
        (["analyse", "--analyser", "kkmaa"], 'Unknown analyser "kkmaa". Did you mean "kkma"'),
        (["encode", "--lang", "ko", "--engine", "locl"], 'Unknown engine "locl". Did you mean "local"'),
        (["run", "word_order", "--set", "test_orders=[natural, case_mark]"], "Korean declares no case marks"),
        (["export", "word_order", "--output", "table.xlsx"], "Nothing is tracked"),
        (["report", "word_order"], "Nothing is tracked"),
        (["report", "word_order", "--verify", "somewhere"], "leave study out"),
        (["report", "--verify", "somewhere", "--language", "ko"], "leave language out"),
        (["review", "nothing"], "`eosun studies` lists the names there are"),
        (["reproduce", "0123"], 'No run "0123"'),
        (["corpora", "show", "python-docs"], "EOSUN_MIRROR"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(words: list[str], message: str, tmp_path: Path) -> None:
    offline = {"EOSUN_MIRROR": "", "https_proxy": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9"}
    done = eosun(*words, room=tmp_path, **offline)
    assert done.returncode == 2, done.stdout + done.stderr
    assert message in done.stderr
    assert done.stderr.count("\n") == 1, done.stderr


def test_a_store_that_does_not_answer(tmp_path: Path) -> None:
    done = eosun("run", "word_order", "--lang", "ko", room=tmp_path, MLFLOW_TRACKING_URI="http://127.0.0.1:9")
    assert done.returncode == 2
    assert "http://127.0.0.1:9 does not answer" in done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    assert not (tmp_path / "var" / "corpora").exists()


def test_perturb_reads_and_writes_lines(tmp_path: Path) -> None:
    done = eosun(
        "perturb", "--lang", "ko", "--order", "reverse", room=tmp_path, text="나는 학교에 간다.\n\n비가 온다!\n"
    )
    assert done.stdout == "간다 학교에 나는.\n\n온다 비가!\n"


def test_perturb_refuses_what_is_not_utf8(tmp_path: Path) -> None:
    done = eosun("perturb", "--lang", "ko", room=tmp_path, text="나는 간다.\n".encode("cp949"))
    assert done.returncode == 2
    assert "not UTF-8" in done.stderr


@pytest.mark.parametrize("words", [[], ["corpora"], ["run"], ["experiment"], ["score"]])
def test_help_is_quick_to_read(words: list[str], tmp_path: Path) -> None:
    done = eosun(*words, "--help", room=tmp_path)
    assert done.returncode == 0
    assert "Usage" in done.stdout


def test_lists_name_what_there_is(tmp_path: Path) -> None:
    assert "local_k" in eosun("orders", room=tmp_path).stdout
    assert "morpheme" in eosun("units", room=tmp_path).stdout
    assert "word_order" in eosun("studies", room=tmp_path).stdout
    listed = eosun("corpora", "list", room=tmp_path).stdout
    assert all(name in listed for name in ("grammar", "massive", "python-docs"))


def test_ones_own_text_from_end_to_end(tmp_path: Path) -> None:
    """A text file in, a table, a report and an export out; a dry run names the cells."""
    path = tmp_path / "나의 글.txt"
    path.write_text(lines(400), encoding="utf-8")
    settings = ["vocabulary=400", "models=[unigram, bigram]", "recency.sentences=5"]
    words = ["--lang", "ko", "--preset", "smoke", "--corpus", str(path), *(w for s in settings for w in ("--set", s))]
    dry = eosun("run", "word_order", *words, "--dry-run", room=tmp_path)
    assert [line.split(maxsplit=1)[1] for line in dry.stdout.splitlines()] == [
        "ko eojeol unigram natural seed 0",
        "ko eojeol bigram natural seed 0",
    ]
    planned = eosun("run", "word_order", *words, "--dry-run", "--json", room=tmp_path).stdout.splitlines()
    assert [json.loads(line)["model"] for line in planned] == ["unigram", "bigram"]
    done = eosun("experiment", "word_order", *words, room=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "bits per sentence" in done.stdout
    assert (tmp_path / "reports" / "word_order" / "report.html").is_file()
    assert str(tmp_path) not in (tmp_path / "reports" / "word_order" / "report.html").read_text(encoding="utf-8")
    again = eosun("experiment", "word_order", *words, room=tmp_path)
    assert "0 trained now, 2 already tracked" in again.stderr
    out = tmp_path / "table.csv"
    assert eosun("export", "word_order", "--output", str(out), room=tmp_path).returncode == 0
    assert out.read_text(encoding="utf-8").startswith("run_id,lang,unit,model,seed,train_order,test_order,sentence_id")


def test_no_name_is_suggested_where_none_is_near() -> None:
    assert "Did you mean" not in unknown("study", "nothing", study_names())
    assert 'Did you mean "recency"' in unknown("study", "recencey", study_names())


def test_a_command_is_recorded_without_the_folders_of_a_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert without_folders("word_order") == "word_order"
    assert without_folders(str(tmp_path / "mine" / "study.yaml")) == "mine/study.yaml"
    assert without_folders("/elsewhere/study.yaml") == "study.yaml"
    assert without_folders("/else=where/a.txt") == "a.txt"
    assert without_folders("data/a.txt") == "data/a.txt"
    assert without_folders(f"ko={tmp_path}/data/a.txt,en=/elsewhere/b.txt") == "ko=data/a.txt,en=b.txt"


def test_aligned_tsv_serves_both_languages(tmp_path: Path) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_text(
        "".join(f"{line}\tStudent {i} read.\n" for i, line in enumerate(lines(300).splitlines())), encoding="utf-8"
    )
    done = eosun("corpora", "build", str(path), room=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "pairs ko: train" in done.stdout
    assert "pairs en: train" in done.stdout


class TestMake:
    """LANG is the locale of every shell: it is a language only when typed after `make`."""

    def make(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        around = {**os.environ, **environment}
        return subprocess.run(
            ["make", "-n", "-o", ".venv/.ready", *words],
            cwd=ROOT,
            env=around,
            capture_output=True,
            text=True,
            check=False,
        )

    def test_a_typed_language_counts(self) -> None:
        assert '--lang "ko"' in self.make("experiment", "LANG=ko", LANG="en_US.UTF-8").stdout

    def test_the_locale_does_not(self) -> None:
        done = self.make("experiment", LANG="ko")
        assert "Say which language" in done.stdout
        assert '--lang "ko"' not in done.stdout

    def test_recipes_run_in_a_utf8_locale_without_lang(self) -> None:
        words = ["make", "-o", ".venv/.ready", "experiment", "LANG=ko", "EOSUN=env #"]
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
        shown = done.stdout.splitlines()
        assert "LC_ALL=C.UTF-8" in shown
        assert not [line for line in shown if line.startswith("LANG=")]


def test_analyse_says_letters_and_morphemes(tmp_path: Path) -> None:
    done = eosun("analyse", room=tmp_path, text="그는 집에 갔다.\n\n비!\n")
    assert done.stdout == (
        "1\t1\t그는\t그=그/NP 는=는/JX\n1\t2\t집에\t집=집/NNG 에=에/JKB\n1\t3\t갔다.\t갔=가/VV+았/EP 다=다/EF\n"
        "3\t1\t비!\t비=비/NNG\n"
    )


def test_encode_builds_a_dataset_and_says_its_size(tmp_path: Path) -> None:
    text = "".join(f"{name}{place}에서 책{place}을 읽었다.\n" for name in "가나다라마바사아" for place in range(20))
    (tmp_path / "mine.txt").write_text(text, encoding="utf-8")
    command = ("encode", "--lang", "ko", "--corpus", str(tmp_path / "mine.txt"), "--vocabulary", "400")
    first, again = (eosun(*command, room=tmp_path) for _ in range(2))
    assert first.returncode == 0, first.stderr
    assert "160 sentences, 640 units of kind eojeol" in first.stdout, "three eojeol and the stop each"
    assert again.stdout == first.stdout
    assert (tmp_path / first.stdout.splitlines()[0] / "ids.bin").is_file()


def test_audit_writes_table_and_chart(tmp_path: Path) -> None:
    options = ("--corpus", "grammar", "--order", "shuffle", "--unit", "particle")
    done = eosun(
        "audit",
        "--lang",
        "ko",
        *options,
        "--output",
        str(tmp_path / "a.csv"),
        "--chart",
        str(tmp_path / "a.svg"),
        room=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    head = (tmp_path / "a.csv").read_text(encoding="utf-8").splitlines()[0]
    assert head.startswith("length,sentences,kept_bigrams,kendall_tau")
    assert "<svg" in (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert "host separation" in done.stdout


def test_no_language_is_no_traceback(tmp_path: Path) -> None:
    done = eosun("run", "word_order", "--preset", "smoke", "--lang", ",", "--dry-run", room=tmp_path)
    assert done.returncode == 2
    assert "No language is named: give one or more of ko, en" in done.stderr
    assert "Traceback" not in done.stderr

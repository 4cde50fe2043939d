"""How fast a corpus is built from a text file, and in what memory, beside reading the same file with plain pandas.

`python -m benchmarks.building 1000000 10000000` measures each size, by default 100,000 sentences, each contender in a
process of its own. Film reviews begin again from the first as often as it takes; in every round after the first, every
second review carries the number of the round, so that it is new, and the others repeat.
"""

from __future__ import annotations

import csv
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.material import review_texts
from benchmarks.memory import Watch


def sentences() -> Iterator[str]:
    for turn in itertools.count():
        for number, text in enumerate(review_texts()):
            yield f"{text} {turn}" if turn and number % 2 else text


def write(path: Path, count: int) -> None:
    with path.open("w", encoding="utf-8") as out:
        out.writelines(f"{text}\n" for text in itertools.islice(sentences(), count))


def build(path: Path) -> int:
    """Our build: checked, cleaned, without repetitions, split, hashed, written."""
    from corpora.build import build as build_corpus

    corpus = build_corpus(str(path), langs=("ko",))
    return sum(corpus.counts["ko"].values())


def read_with_pandas(path: Path) -> int:
    """The file in a data frame, and nothing else."""
    import pandas as pd

    return len(pd.read_csv(path, sep="\t", header=None, names=["text"], quoting=csv.QUOTE_NONE, dtype=str))


def build_with_pandas(path: Path) -> int:
    """What one would write: NFC, single spaces, no repetitions, splits by place, Parquet."""
    import pandas as pd

    table = pd.read_csv(path, sep="\t", header=None, names=["text"], quoting=csv.QUOTE_NONE, dtype=str)
    table["text"] = table["text"].str.normalize("NFC").str.split().str.join(" ")
    table = table[table["text"] != ""]
    table = table[~table["text"].str.lower().duplicated()].reset_index(drop=True)
    table["split"] = (table.index % 20).map({0: "test", 1: "valid"}).fillna("train")
    table.to_parquet(path.with_suffix(".parquet"), compression="zstd")
    return len(table)


CONTENDERS = {"build": build, "pandas read_csv": read_with_pandas, "pandas, the same work": build_with_pandas}


def measure(name: str, path: Path, count: int) -> None:
    """Run one contender and print what it took; memory is the highest of this process."""
    with tempfile.TemporaryDirectory(dir=path.parent) as room:
        os.environ["EOSUN_VAR"] = room
        watch, begin, before = Watch(), time.perf_counter(), time.process_time()
        kept = CONTENDERS[name](path)
        seconds, worked = time.perf_counter() - begin, time.process_time() - before
    figures = {
        "sentences": count, "kept": kept, "seconds": round(seconds, 1), "processor_seconds": round(worked, 1),
        "sentences_a_second": round(count / seconds),
        "mb_a_second": round(path.stat().st_size / 1e6 / seconds, 1), **watch.stop(),
    }  # fmt: skip
    print(json.dumps({"what": name, **figures}), flush=True)


def main() -> None:
    if sys.argv[1:2] == ["--one"]:
        measure(sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))
        return
    for count in map(int, sys.argv[1:] or ["100000"]):
        with tempfile.TemporaryDirectory(dir=os.environ.get("EOSUN_VAR")) as room:
            path = Path(room) / "reviews.txt"
            write(path, count)
            for name in CONTENDERS:
                command = [sys.executable, "-m", "benchmarks.building", "--one", name, str(path), str(count)]
                subprocess.run(command, check=True)


if __name__ == "__main__":
    main()

"""Reports whose runs are kept as small text files, so that anyone can build them again without a tracking store."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Collection
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd

from reports.analysis import analyse
from reports.build import files_of
from reports.errors import ReportError
from reports.inputs import Inputs
from reports.words import languages

FOLDER = Path(__file__).parent / "published"
LARGEST = 1_900_000
"""Bytes of a file; longer tables are cut."""
KEY = ["measure", "test_order", "x", "sentence_id"]
SIDE = ["lang", "unit", "condition"]
KEPT_TEXT = ["run_id", "measure", "test_order", "sentence_id", "lang", "unit", "model", "train_order", "condition"]
BY_RUN = ["lang", "unit", "model", "seed", "train_order", "condition"]
WHOLE = ("seed", "parameters", "recurrent_parameters", "units")
"""Columns of runs that are counts; those named metric.… and wall_s are floats, the others text."""


def publish(inputs: Inputs, folder: Path, *, add: bool = False, without: Collection[str] = ()) -> dict[str, str]:
    """Write what a report needs of its runs to a folder of its own, and the hashes of what must come of it.

    add: keep the runs that are published there, and put those beside them whose cells are not. without: measures and
    test orders that are left out, to keep it small (docs/method.md names them); the report is then without them.

    study.json, runs.csv, sentences….csv (sizes; text of example sentences alone), audits.csv, and for each language,
    unit and condition observations-….csv: a row an observation, a column a run, cut before a file has two megabytes.
    Returns the hashes by language and file; ReportError if the folder holds anything that was not published there.
    """
    if folder.exists() and not (folder / "study.json").is_file():
        raise ReportError(f"{folder} holds something else than a published report: choose another name.")
    if add and folder.exists():
        inputs = joined(read(folder), inputs)
    inputs = _leaving_out(inputs, without)
    about = {**inputs.study, "ui": ""}
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=folder.parent))
    try:
        _json(about, draft / "study.json")
        _csv(inputs.runs.sort_values("run_id"), draft / "runs.csv")
        facts = inputs.sentences.drop(columns=["text", "label"], errors="ignore")
        _in_parts(facts.sort_values([*SIDE, "sentence_id"]), draft, "sentences")
        _csv(inputs.audits, draft / "audits.csv")
        for side, part in inputs.observations.groupby(SIDE, sort=True):
            _observations(part, draft, "-".join(filter(None, ("observations", *map(str, side)))))
        hashes = hashes_of(read(draft))
        _json(hashes, draft / "expected.json")
        draft.chmod(0o755)
        shutil.rmtree(folder, ignore_errors=True)
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return hashes


def read(folder: Path) -> Inputs:
    """The inputs of a published report, as they were."""
    try:
        about = json.loads((folder / "study.json").read_text(encoding="utf-8"))
        runs = pd.read_csv(folder / "runs.csv", dtype=str, keep_default_na=False)
        for name in map(str, runs.columns):
            if name in WHOLE:
                runs[name] = runs[name].astype("int64")
            elif name.startswith("metric.") or name == "wall_s":
                runs[name] = runs[name].replace("", "nan").astype(float)
        sentences = pd.concat([_table(path) for path in sorted(folder.glob("sentences*.csv"))], ignore_index=True)
        audits = _table(folder / "audits.csv")
        parts = [_melted(path) for path in sorted(folder.glob("observations-*.csv"))]
        rows = pd.concat(parts, ignore_index=True).merge(runs[["run_id", *BY_RUN]], on="run_id", validate="many_to_one")
    except (OSError, ValueError, KeyError) as error:
        raise ReportError(f"{folder} is not a published report: {' '.join(str(error).split())[:120]}.") from error
    return Inputs(about, runs, rows, sentences, audits)


def _without(examples: str, orders: Collection[str]) -> str:
    """A sentence that is kept as an example, as a JSON object by order, without some orders."""
    if not examples or not orders:
        return examples
    known = json.loads(examples)
    return json.dumps({order: units for order, units in known.items() if order not in orders}, ensure_ascii=False)


def _leaving_out(inputs: Inputs, without: Collection[str]) -> Inputs:
    """The inputs without some measures, and without some test orders; ReportError for one that they do not hold, or
    that some seeds of a group hold and others do not."""
    rows, names = inputs.observations, list(without)
    measures = sorted(map(str, rows["measure"].unique()))
    orders = [order for order in inputs.orders() if order != "natural"]
    unknown = sorted(set(without) - set(measures) - set(orders))
    if unknown:
        raise ReportError(
            f"These runs hold no measure or test order {unknown[0]} to leave out: they hold {', '.join(measures)}; "
            f"{', '.join(orders)}."
        )
    kept = rows[~rows["measure"].isin(names) & ~rows["test_order"].isin(names)]
    sentences = inputs.sentences.assign(examples=[_without(text, names) for text in inputs.sentences["examples"]])
    inputs = replace(
        inputs, observations=kept, sentences=sentences, audits=inputs.audits[~inputs.audits["order"].isin(names)]
    )
    held: dict[str, set[str]] = {}
    for run, measure in kept[["run_id", "measure"]].drop_duplicates().itertuples(index=False):
        held.setdefault(str(run), set()).add(str(measure))
    for group in inputs.groups():
        sets = [held.get(str(run), set()) for run in inputs.runs_of(group)["run_id"]]
        every: set[str] = set().union(*sets)
        apart = sorted(name for name in every if any(name not in one for one in sets))
        if apart:
            raise ReportError(
                f"Of {group.lang} {group.model} some seeds hold {apart[0]} and others do not: leave it out of all of "
                f"them, --without {apart[0]}."
            )
    return inputs


def joined(first: Inputs, second: Inputs) -> Inputs:
    """The runs of both, of one design; those of the first stand where a cell is in both.

    ReportError for runs of different designs, which cannot stand in one report. A design's sentences are the same
    everywhere, since its hash is taken over them, too.
    """
    designs = {str(design) for inputs in (first, second) for design in inputs.runs["design"]}
    if len(designs) > 1:
        raise ReportError(
            "Runs of other designs cannot be put together: the published ones are of "
            f"{str(first.runs['design'].iloc[0])[:12]}, these of {str(second.runs['design'].iloc[0])[:12]}. Both need "
            "one study, corpus and version of the code; choose with --design, or publish under another name."
        )
    new = second.runs[~second.runs["cell"].isin(first.runs["cell"])]
    rows = second.observations[second.observations["run_id"].isin(new["run_id"])]
    sentences, audits = (
        pd.concat([one, other[~_sides(other).isin(set(_sides(one)))]], ignore_index=True)
        for one, other in ((first.sentences, second.sentences), (first.audits, second.audits))
    )
    observations = pd.concat([part.astype(dict.fromkeys(KEPT_TEXT, str)) for part in (first.observations, rows)])
    return Inputs(
        first.study, pd.concat([first.runs, new], ignore_index=True), observations.reset_index(drop=True), sentences,
        audits,
    )  # fmt: skip


def _sides(table: pd.DataFrame) -> pd.Series[str]:
    """Of each row the language, unit and condition as one text."""
    return table[SIDE].astype(str).agg("/".join, axis=1)


def hashes_of(inputs: Inputs) -> dict[str, str]:
    """sha256 of every file of the report in every language, by language/file."""
    analysis = analyse(inputs)
    made = {lang: files_of(inputs, analysis, lang) for lang in languages()}
    return {
        f"{lang}/{name}": sha256(data).hexdigest()
        for lang, files in made.items()
        for name, data in sorted(files.items())
    }


def names(folder: Path = FOLDER) -> list[str]:
    """The published reports there are."""
    return sorted(path.parent.name for path in folder.glob("*/study.json"))


def of_study(study: str, folder: Path = FOLDER) -> list[Inputs]:
    """The inputs of the published reports on a study, by name of the report."""
    found = []
    for name in names(folder):
        about = json.loads((folder / name / "study.json").read_text(encoding="utf-8"))
        if about["name"] == study:
            found.append(read(folder / name))
    return found


def expected(folder: Path) -> dict[str, str]:
    """The hashes that a published report's files must have."""
    try:
        return dict(json.loads((folder / "expected.json").read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise ReportError(f"{folder / 'expected.json'} cannot be read: publish the report again.") from error


def _observations(part: pd.DataFrame, folder: Path, name: str) -> None:
    """Observations by run, in as many files as it takes."""
    wide = part.assign(value=part["value"].astype("float32")).pivot(index=KEY, columns="run_id", values="value")
    _in_parts(wide.sort_index().sort_index(axis=1).reset_index(), folder, name, always=True)


def _in_parts(table: pd.DataFrame, folder: Path, name: str, *, always: bool = False) -> None:
    """A table in as many files as it takes, name-01.csv and so on; in name.csv where one will do, unless `always`."""
    lines = table.to_csv(index=False, lineterminator="\n").split("\n")
    head, body = lines[0] + "\n", [f"{line}\n" for line in lines[1:] if line]
    cut = (np.cumsum([len(line.encode()) for line in body]) - 1) // (LARGEST - 2 * len(head.encode()))
    for number in range(int(cut[-1]) + 1):
        own = "".join(line for line, at in zip(body, cut, strict=True) if at == number)
        named = f"{name}-{number + 1:02d}.csv" if always or cut[-1] else f"{name}.csv"
        (folder / named).write_text(head + own, encoding="utf-8")


def _melted(path: Path) -> pd.DataFrame:
    text = {"measure": str, "test_order": str, "sentence_id": str, "x": float}
    wide = pd.read_csv(path, dtype=text, float_precision="round_trip", keep_default_na=False, na_values=[""])
    long = wide.melt(KEY, var_name="run_id", value_name="value").dropna(subset=["value"])
    return long.assign(value=long["value"].astype("float32").astype("float64"))


def _table(path: Path) -> pd.DataFrame:
    """A table whose text columns hold text, empty where nothing stands."""
    text = (*SIDE, "sentence_id", "document", "examples", "order", "length")
    table = pd.read_csv(
        path, dtype=dict.fromkeys(text, str), float_precision="round_trip", keep_default_na=False, na_values=[""]
    )
    return table.fillna({name: "" for name in text if name in table})


def _csv(table: pd.DataFrame, path: Path) -> None:
    table.to_csv(path, index=False, lineterminator="\n")
    if path.stat().st_size > LARGEST:
        raise ReportError(f"{path.name} would have {path.stat().st_size:,} bytes; at most {LARGEST:,} are published.")


def _json(content: object, path: Path) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1) + "\n", encoding="utf-8")

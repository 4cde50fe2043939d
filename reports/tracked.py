"""From the tracking store to a report's inputs, and back from a report to the runs that it must follow from."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

from experiments.export import Export, export
from experiments.study import load_study
from experiments.tracking import store_uri
from reports.analysis import analyse
from reports.build import files_of, manifest_of
from reports.inputs import Inputs

LOCAL_UI = "http://127.0.0.1:5000"
"""Where `make ui` opens."""
ESTIMATED = 8
"""Columns of results.csv that say what a row is about."""


def tracked(study: str, design: str | None = None, ui: str | None = None) -> Inputs:
    """The inputs of a report on a study (by name or file) and a design of it, by default the one tracked last.

    ui: where the runs can be looked at; the tracking server, else the local UI, by default; "" for nowhere.
    """
    declared = load_study(study)
    about = {"title": declared.title, "question": declared.question, "ui": _ui() if ui is None else ui}
    found = export(declared.name, design)
    return _inputs({"name": found.study, **about}, found)


def _ui() -> str:
    """The address of a tracking server without its password, else of the local UI."""
    uri = store_uri()
    return re.sub(r"//[^/@\s]*@", "//", uri) if uri.startswith(("http://", "https://")) else LOCAL_UI


def _inputs(about: dict[str, Any], found: Export) -> Inputs:
    """Values as single-precision floats, which is what models compute in and what published tables hold."""
    values = found.observations["value"].astype("float32").astype("float64")
    return Inputs(about, found.runs, found.observations.assign(value=values), found.sentences, found.audits)


def differences(folder: Path) -> list[str]:
    """Where a report in a folder is not what its runs, found in the tracking store by the manifest, give today.

    One line a file, with the first number that differs in it; nothing where every byte is the same. ReportError or
    StudyError where the folder holds no report, or the store does not hold its runs.
    """
    manifest = manifest_of(folder)
    about, runs = manifest["study"], manifest["runs"]
    inputs = _inputs(about, export(about["name"], manifest["designs"][0], only=runs.keys()))
    made = files_of(inputs, analyse(inputs), manifest["language"])
    return [line for name, content in sorted(made.items()) for line in compared(folder / name, content)]


def compared(path: Path, made: bytes) -> Iterator[str]:
    """A line on how a file differs from what it should hold; none where it does not."""
    if not path.is_file():
        yield f"{path.name} is missing"
        return
    found = path.read_bytes()
    if found == made:
        return
    if path.name == "results.csv":
        yield f"results.csv: {_first_number(found, made)}"
    elif path.suffix in (".html", ".json"):
        yield f"{path.name}: {_first_place(found, made)}"
    else:
        yield f"{path.name} holds other bytes"


def _first_number(found: bytes, made: bytes) -> str:
    """The first estimate of a table that differs, by what it is about."""
    tables = [csv.reader(io.StringIO(content.decode("utf-8", "replace"))) for content in (found, made)]
    heads = next(tables[1], [])
    next(tables[0], None)
    for number, (here, there) in enumerate(zip_longest(*tables, fillvalue=[]), 2):
        for name, one, other in zip_longest(heads, here, there, fillvalue=""):
            if one != other:
                about = " ".join(filter(None, (there or here)[:ESTIMATED]))
                return f"line {number} ({about}): {name} is {one or 'empty'}, and {other or 'empty'} by the runs"
    return "its heads differ"


def _first_place(found: bytes, made: bytes) -> str:
    """The first place where two texts differ, with a little of what stands around it."""
    texts = [content.decode("utf-8", "replace") for content in (found, made)]
    at = next((i for i, (a, b) in enumerate(zip(*texts, strict=False)) if a != b), min(map(len, texts)))
    line = texts[0].count("\n", 0, at) + 1
    around = (text[max(at - 40, 0) : at + 40] for text in texts)
    here, there = (" ".join(re.sub(r"^[^<>]*>|<[^>]*>|<[^>]*$", " ", part).split()) for part in around)
    return f'line {line} says "{here}", and "{there}" by the runs'

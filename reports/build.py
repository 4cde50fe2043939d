"""Building a report: page, table and manifest, put in place together; and checking one that is there."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from reports import vega
from reports.analysis import Analysis, analyse
from reports.compose import compose
from reports.errors import ReportError
from reports.inputs import Inputs
from reports.page import page
from reports.pdf import pdf
from reports.results import parquet, results_table


def reports_folder() -> Path:
    """Where reports go: `EOSUN_REPORTS`, else `reports/build` in the current folder."""
    return Path(os.environ.get("EOSUN_REPORTS") or Path("reports") / "build")


def build(inputs: Inputs, folder: Path, lang: str = "en") -> tuple[Path, Analysis]:
    """Write the files of a report to a folder, all or none; returns the page and what it states."""
    with ThreadPoolExecutor(1) as beside:
        beside.submit(vega.ready)
        analysis = analyse(inputs)
    _put(folder, files_of(inputs, analysis, lang))
    return folder / "report.html", analysis


def files_of(inputs: Inputs, analysis: Analysis, lang: str = "en") -> dict[str, bytes]:
    """report.html, report.pdf, results.csv, results.parquet and manifest.json in a language.

    The same runs give the same bytes: nothing of the machine, the time or the place that builds enters.
    """
    document, table = compose(inputs, analysis, lang), results_table(analysis)
    with ThreadPoolExecutor(1) as beside:
        printed = beside.submit(pdf, document)
        shown = page(document).encode()
    files = {
        "report.html": shown,
        "report.pdf": printed.result(),
        "results.csv": table.to_csv(index=False, lineterminator="\n").encode(),
        "results.parquet": parquet(table),
    }
    return {**files, "manifest.json": _manifest(inputs, files, lang)}


def _put(folder: Path, files: dict[str, bytes]) -> None:
    """Swap the files in, all or none; what else lies in the folder stays there."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=folder.parent))
    before = draft.with_name(draft.name + ".before")
    try:
        for name, content in files.items():
            (draft / name).write_bytes(content)
        draft.chmod(0o755)
        if folder.exists():
            folder.rename(before)
        try:
            draft.rename(folder)
        except OSError:
            if before.exists():
                before.rename(folder)
            raise
        for kept in before.iterdir() if before.exists() else ():
            if kept.name not in files:
                kept.rename(folder / kept.name)
    except OSError as error:
        raise ReportError(f"{folder} cannot be written: {error.strerror}. Free or choose another place.") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        shutil.rmtree(before, ignore_errors=True)


def _manifest(inputs: Inputs, files: dict[str, bytes], lang: str) -> bytes:
    runs = inputs.runs.sort_values("run_id")
    content: dict[str, Any] = {
        "study": inputs.study,
        "language": lang,
        "designs": sorted(set(runs["design"])),
        "corpora": {
            str(name): str(sha) for name, sha in sorted(set(zip(runs["corpus"], runs["corpus_sha256"], strict=True)))
        },
        "runs": {
            str(run["run_id"]): {"cell": run["cell"], "seed": int(run["seed"]), "gate": run["gate"], "git": run["git"]}
            for run in runs.to_dict("records")
        },
        "versions": [json.loads(text) for text in sorted(set(runs["versions"]))],
        "perturbation_seed": inputs.settings["study"]["perturbation_seed"],
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())},
    }
    return (json.dumps(content, sort_keys=True, ensure_ascii=False, indent=1) + "\n").encode()


def folder_of(study: str, lang: str = "en") -> Path:
    """Where the report of a study in a language goes; English is the edition without a suffix."""
    return reports_folder() / (study if lang == "en" else f"{study}.{lang}")


def manifest_of(folder: Path) -> dict[str, Any]:
    """What a report's manifest says; ReportError where there is none or it is not one."""
    path = folder / "manifest.json"
    if not path.is_file():
        raise ReportError(f"{folder} holds no manifest.json: build the report with `make report`.")
    try:
        found = dict(json.loads(path.read_bytes()))
        files, whole = dict(found["files"]), (found["study"]["name"], found["designs"][0], found["language"])
        dict(found["runs"])
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise ReportError(f"{path} is not a report's manifest: build the report again with `make report`.") from error
    if not all(isinstance(one, str) for one in (*whole, *files, *files.values())):
        raise ReportError(f"{path} is not a report's manifest: build the report again with `make report`.")
    if any(Path(name).name != name for name in files):
        raise ReportError(f"{path} names files outside its folder: build the report again with `make report`.")
    return found


def changed(folder: Path) -> list[str]:
    """The names of the files that no longer are what the manifest says; ReportError where there is no manifest."""
    declared = manifest_of(folder)["files"]
    return [
        name
        for name, sha256 in sorted(declared.items())
        if not (folder / name).is_file() or hashlib.sha256((folder / name).read_bytes()).hexdigest() != sha256
    ]

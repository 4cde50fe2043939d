"""Building a report: page, table and manifest, put in place together; and checking one that is there."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from reports.analysis import Analysis, analyse
from reports.errors import ReportError
from reports.inputs import Inputs
from reports.page import render
from reports.results import results_table


def reports_folder() -> Path:
    """Where reports go: `EOSUN_REPORTS`, else `reports/build` in the current folder."""
    return Path(os.environ.get("EOSUN_REPORTS") or Path("reports") / "build")


def build(inputs: Inputs, folder: Path) -> tuple[Path, Analysis]:
    """Write report.html, results.csv and manifest.json to a folder, all or none; returns the page and what it states.

    The same runs give the same bytes: nothing of the machine, the time or the place that builds enters.
    """
    analysis = analyse(inputs)
    page = render(inputs, analysis).encode()
    table = results_table(analysis).to_csv(index=False, lineterminator="\n").encode()
    manifest = _manifest(inputs, {"report.html": page, "results.csv": table})
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=folder.parent))
    try:
        for name, content in (("report.html", page), ("results.csv", table), ("manifest.json", manifest)):
            (draft / name).write_bytes(content)
        draft.chmod(0o755)
        shutil.rmtree(folder, ignore_errors=True)
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return folder / "report.html", analysis


def _manifest(inputs: Inputs, files: dict[str, bytes]) -> bytes:
    runs = inputs.runs.sort_values("run_id")
    content: dict[str, Any] = {
        "study": inputs.study["name"],
        "designs": sorted(set(runs["design"])),
        "corpora": {
            str(name): str(sha) for name, sha in sorted(set(zip(runs["corpus"], runs["corpus_sha256"], strict=True)))
        },
        "runs": {
            str(run["run_id"]): {"cell": run["cell"], "seed": int(run["seed"]), "gate": run["gate"], "git": run["git"]}
            for run in runs.to_dict("records")
        },
        "versions": [json.loads(text) for text in sorted(set(runs["versions"]))],
        "perturbation_seed": json.loads(runs["settings"].iloc[0])["study"]["perturbation_seed"],
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())},
    }
    return (json.dumps(content, sort_keys=True, ensure_ascii=False, indent=1) + "\n").encode()


def verify(folder: Path) -> list[str]:
    """The names of the files that no longer are what the manifest says; ReportError where there is no manifest."""
    path = folder / "manifest.json"
    if not path.is_file():
        raise ReportError(f"{folder} holds no manifest.json: build the report with `make report`.")
    declared = json.loads(path.read_text(encoding="utf-8"))["files"]
    return [
        name
        for name, sha256 in sorted(declared.items())
        if not (folder / name).is_file() or hashlib.sha256((folder / name).read_bytes()).hexdigest() != sha256
    ]

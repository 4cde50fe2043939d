"""Where the page's numbers come from: runs, versions, hashes, and how to cite them."""

from __future__ import annotations

import json
import math
from typing import Any

from reports.inputs import Inputs, is_floor
from reports.written import number


def run_rows(inputs: Inputs) -> list[dict[str, Any]]:
    rows = []
    for group in inputs.groups():
        for run in inputs.runs_of(group).to_dict("records"):
            network = not is_floor(run["model"])
            margins = [float(run.get(f"metric.margin_over_{name}", math.nan)) for name in ("bigram", "ngram_5")]
            rows.append(
                {
                    "run_id": run["run_id"], "lang": run["lang"], "model": run["model"], "seed": run["seed"],
                    "parameters": f"{run['parameters']:,}",
                    "recurrent": f"{run['recurrent_parameters']:,}" if network else "–",
                    "epochs": number(float(run.get("metric.epochs", math.nan)), 0),
                    "valid": number(float(run["metric.valid_bits"]), 2),
                    "margin": ", ".join("–" if math.isnan(m) else f"{number(100 * m)} %" for m in margins),
                    "gate": run["gate"],
                }
            )  # fmt: skip
    return rows


def citation(inputs: Inputs) -> str:
    """One line that names the study so that the runs can be found: its design and its corpus by their hashes."""
    corpora = sorted(set(zip(inputs.runs["corpus"], inputs.runs["corpus_sha256"], strict=True)))
    named = "; ".join(f"{name} (sha256 {str(sha256)[:12]}…)" for name, sha256 in corpora)
    designs = ", ".join(f"{design[:12]}…" for design in sorted(set(map(str, inputs.runs["design"]))))
    return f"eosun, study {inputs.study['name']}, design {designs}; corpus {named}; {len(inputs.runs)} runs."


def reproduction(inputs: Inputs, settings: dict[str, Any]) -> list[tuple[str, str]]:
    runs = inputs.runs

    def each(column: str) -> str:
        return "; ".join(sorted(set(map(str, runs[column]))))

    versions: dict[str, str] = {}
    for text in sorted(set(runs["versions"])):
        versions.update(json.loads(text))
    machines = sorted(
        {", ".join(f"{k} {v}" for k, v in sorted(json.loads(text).items())) for text in set(runs["machine"])}
    )
    study = settings["study"]
    return [
        ("command", each("command")),
        ("corpus", each("corpus")),
        ("corpus sha256", each("corpus_sha256")),
        ("design", each("design")),
        ("seeds", ", ".join(map(str, sorted(set(runs["seed"]))))),
        ("perturbation seed", str(study["perturbation_seed"])),
        ("training", json.dumps(study["training"], sort_keys=True)),
        (
            "sizes",
            json.dumps({**study["sizes"], "match": study["match"], "vocabulary": study["vocabulary"]}, sort_keys=True),
        ),
        ("code", each("git")),
        ("versions", ", ".join(f"{name} {version}" for name, version in sorted(versions.items()))),
        ("ran on", "; ".join(machines)),
    ]


def documents(inputs: Inputs) -> str:
    """How many documents the test sentences come from, where there are documents."""
    named = inputs.sentences["document"][inputs.sentences["document"] != ""]
    if named.empty:
        return ""
    return (
        f"The sentences come from {named.nunique()} documents, and those of one document are not taken as independent."
    )

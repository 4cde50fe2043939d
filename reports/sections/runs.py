"""Where the numbers come from: method, runs, statistics, versions, and how to cite them."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from reports.document import Block, Cell, Items, Pairs, Paragraph, Row, Section, Table, Text, span
from reports.inputs import Inputs, is_floor
from reports.sections import Report, cell, cells, grouped
from reports.words import Words
from reports.written import number

TRAINING = ("learning_rate", "schedule", "clip", "rows", "row", "dropout")


def method(report: Report) -> Section:
    """What was trained on what, how it was sized and when it stopped; two lines at most for each."""
    words, inputs, study = report.words, report.inputs, report.inputs.settings["study"]
    training, sizes = study["training"], study["sizes"]
    corpora = sorted(set(zip(inputs.runs["corpus"], inputs.runs["corpus_sha256"], strict=True)))
    match = str(study.get("match", "units"))
    told: dict[str, str] = {
        "task": words(f"method.task_{study.get('task', 'sentences')}"),
        "corpus": "; ".join(words("method.corpus_is", name=name, sha256=str(sha)[:12]) for name, sha in corpora),
        "splits": _splits(inputs, words),
        "orders": words(
            "method.orders_are",
            train=", ".join(dict.fromkeys(map(str, inputs.runs["train_order"]))),
            test=", ".join(report.analysis.orders),
            draws=study.get("draws", 1),
        ),
        "sizes": words(
            "method.sizes_are",
            embedding=sizes.get("embedding", "–"),
            vocabulary=", ".join(f"{size:,}" for size in study.get("vocabularies") or [study["vocabulary"]]),
            match=words(f"method.match_{match}", units=sizes.get("units", "–")),
        )
        + _respelt(study, words),
        "training": words("method.training_is", **_asked(training, TRAINING)),
        "stopping": words("method.stopping_is", **_asked(training, ("epochs", "patience"))),
        **_tuned(study, words),
        "gate": words("method.gate_is", margin=f"{100 * float(study.get('gate', {}).get('margin', math.nan)):g}"),
    }  # fmt: skip
    pairs = tuple((words(f"method.{name}"), span(said)) for name, said in told.items())
    return Section(
        words("heading.method"), (Pairs(pairs), _sizes(report), Paragraph(words.text("method.defined"), "small"))
    )


def _asked(settings: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: settings.get(name, "–") for name in names}


def _respelt(study: Mapping[str, Any], words: Words) -> str:
    """At how many times its pieces the text is written, too."""
    finer = [f"{one:g}" for one in study.get("fertilities") or () if one != study.get("fertility", 1.0)]
    if not finer:
        return ""
    return "; " + words("method.respelt", vocabulary=f"{study['vocabulary']:,}", fertilities=", ".join(finer))


def _tuned(study: Mapping[str, Any], words: Words) -> dict[str, str]:
    """What a search on validation text chose for each language and model, over the settings said before it."""
    chosen = {
        job: ", ".join(f"{name.rpartition('.')[2]} {value}" for name, value in sorted(settings.items()))
        for job, settings in sorted(study.get("tuned", {}).items())
    }
    said = "; ".join(f"{job}: {settings}" for job, settings in chosen.items())
    return {"tuned": words("method.tuned_is", settings=said)} if chosen else {}


def _splits(inputs: Inputs, words: Words) -> str:
    """How many sentences each language and unit has in every split; said once where all have the same."""
    found: dict[tuple[str, ...], tuple[str, ...]] = {}
    for run in inputs.runs.to_dict("records"):
        sizes = tuple(
            number(float(run.get(f"metric.{split}_sentences", math.nan)), 0) for split in ("train", "valid", "test")
        )
        found.setdefault((str(run["lang"]), str(run["unit"])), sizes)
    sides = {f"{words.language(lang)} ({unit})": sizes for (lang, unit), sizes in found.items()}
    if len(set(found.values())) == 1:
        sides = {words("method.as_many" if inputs.alike else "method.same"): next(iter(found.values()))}
    return "; ".join(
        words("method.splits_are", side=side, train=train, valid=valid, test=test)
        for side, (train, valid, test) in sides.items()
    )


def _sizes(report: Report) -> Table:
    """Of every model its trained weights, those that are matched, and its width."""
    rows = []
    for group in report.inputs.groups():
        run = report.inputs.runs_of(group).iloc[0]
        if is_floor(group.model) or group.train_order != "natural":
            continue
        figures = (f"{run['parameters']:,}", f"{run['recurrent_parameters']:,}", f"{int(run.get('units', 0)):,}")
        named = Cell(span(report.trained(group), link=f"#run-{run['run_id']}"))
        names = (cell(report.language(group), group.lang), named)
        rows.append(((group.lang, group.unit, group.condition), (*names, *cells(figures))))
    columns = report.columns(("language", "model"), ("weights", "between", "width"))
    return Table(report.words("caption.sizes"), columns, grouped(rows))


def runs(report: Report) -> Section:
    words, flagged = report.words, report.analysis.flagged.to_dict("records")
    blocks: list[Block] = []
    if flagged:
        key = "runs.flagged_memory" if report.analysis.remembers else "runs.flagged"
        blocks.append(Paragraph(words.text(key, count=len(flagged))))
        blocks.append(Items(tuple(_flagged(run, words) for run in flagged)))
    else:
        blocks.append(Paragraph(words.text("runs.passed_label" if report.classifies else "runs.passed")))
    rows = [
        Row(_run(run, report))
        for group in report.inputs.groups()
        for run in report.inputs.runs_of(group).to_dict("records")
    ]
    wordy, figures = (
        ("run", "language", "unit", "model", "train_order"),
        ("seed", "weights", "between", "epochs", "valid", "margins"),
    )
    columns = (*report.columns(wordy, figures), *report.columns(("gate",), ()))
    return Section(words("heading.runs"), (*blocks, Table(words("caption.runs"), columns, tuple(rows))))


def _run(run: Mapping[Any, Any], report: Report) -> tuple[Cell, ...]:
    """One run, its id leading to the run in the tracking store."""
    network = not is_floor(str(run["model"]))
    margins = [float(run.get(f"metric.margin_over_{name}", math.nan)) for name in ("bigram", "ngram_5")]
    link = report.inputs.address(run)
    condition = str(run["condition"])
    return (
        Cell(span(str(run["run_id"]), "code", link), anchor=f"run-{run['run_id']}"),
        cell(report.words.language(str(run["lang"]), condition), str(run["lang"])),
        *cells((str(run["unit"]), str(run["model"]), str(run["train_order"]))),
        *cells(
            (
                str(run["seed"]),
                f"{run['parameters']:,}",
                f"{run['recurrent_parameters']:,}" if network else "–",
                number(float(run.get("metric.epochs", math.nan)), 0),
                number(float(run["metric.valid_bits"]), 2),
                ", ".join("–" if math.isnan(m) else f"{number(100 * m)} %" for m in margins),
            )
        ),
        cell(gate(str(run["gate"]), report.words)),
    )


def _flagged(run: Mapping[Any, Any], words: Words) -> Text:
    language = words.language(str(run["lang"]), str(run["condition"]))
    found = words.text("runs.one", run=str(run["run_id"])[:12], language=language, model=run["model"], seed=run["seed"],
                       gate=gate(str(run["gate"]), words))  # fmt: skip
    return tuple(
        type(one)(one.text, one.style, f"#run-{run['run_id']}") if one.style == "code" else one for one in found
    )


GATES = {
    "passed": re.compile("passed"),
    "diverged": re.compile("flagged: training diverged"),
    "floor": re.compile("flagged: worse than the (?P<name>.+) floor"),
    "margin": re.compile("flagged: does not beat the (?P<name>.+) floor by (?P<margin>.+)"),
}
"""What a run's gate may say, as it is tracked."""


def gate(said: str, words: Words) -> str:
    """What a run's gate says, in the report's language."""
    for name, pattern in GATES.items():
        found = pattern.fullmatch(said)
        if found:
            return words(f"gate.{name}", **found.groupdict())
    return said


def statistics(report: Report) -> Section:
    words = report.words
    kinds = report.inputs.settings["study"].get("family", ())
    named_kinds = ", ".join(words(f"family.{kind}") for kind in kinds)
    tests = words.text("statistics.tests", family=report.analysis.family, kinds=named_kinds)
    named = report.inputs.sentences["document"]
    named = named[named != ""]
    told = [words.text("statistics.model")]
    if any(c.languages for c in report.analysis.comparisons):
        told.append(words.text("statistics.apart" if report.inputs.alike else "statistics.joint"))
    if len(named):
        count = named.nunique()
        told.append(words.text("note.documents", count=count) if count > 1 else words.text("note.one_document"))
    told += [tests, words.text("statistics.bootstrap")]
    return Section(words("heading.statistics"), tuple(Paragraph(one) for one in told))


def again(report: Report) -> Section:
    """Command, hashes, settings, versions and machines of the runs; nothing of the machine that builds the report."""
    study, found = report.inputs.settings["study"], report.inputs.runs

    def each(column: str) -> str:
        return "; ".join(sorted(set(map(str, found[column]))))

    versions: dict[str, set[str]] = {}
    for text in set(found["versions"]):
        for name, version in json.loads(text).items():
            versions.setdefault(name, set()).add(version)
    machines = {", ".join(f"{k} {v}" for k, v in sorted(json.loads(text).items())) for text in set(found["machine"])}
    sizes = {**study["sizes"], "match": study["match"], "vocabulary": study["vocabulary"]}
    told = {
        "command": each("command"),
        "corpus": each("corpus"),
        "corpus_sha256": each("corpus_sha256"),
        "design": each("design"),
        "seeds": ", ".join(map(str, sorted(set(found["seed"])))),
        "perturbation_seed": str(study["perturbation_seed"]),
        "training": json.dumps(study["training"], sort_keys=True),
        "sizes": json.dumps(sizes, sort_keys=True),
        **({"tuned": json.dumps(study["tuned"], sort_keys=True)} if study.get("tuned") else {}),
        "code": each("git"),
        "versions": ", ".join(f"{name} {' and '.join(sorted(own))}" for name, own in sorted(versions.items())),
        "machine": "; ".join(sorted(machines)),
    }
    words = report.words
    pairs = tuple((words(f"again.{name}"), span(said, "code")) for name, said in told.items())
    return Section(words("heading.again"), (Pairs(pairs), Paragraph(words.text("again.note"), "small")))


def cite(report: Report) -> Section:
    """One line that names the study so that the runs can be found: its design and its corpus by their hashes."""
    words, found = report.words, report.inputs.runs
    corpora = sorted(set(zip(found["corpus"], found["corpus_sha256"], strict=True)))
    line = words(
        "cite.line",
        study=report.inputs.study["name"],
        designs=", ".join(f"{design[:12]}…" for design in sorted(set(map(str, found["design"])))),
        corpora="; ".join(f"{name} (sha256 {str(sha256)[:12]}…)" for name, sha256 in corpora),
        runs=len(found),
    )
    return Section(words("heading.cite"), (Paragraph((*span(f"{line} "), *words.text("cite.corpus")), "small"),))

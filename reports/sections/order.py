"""What order costs, what it is worth, and how languages and conditions differ in it."""

from __future__ import annotations

import math
from collections import Counter

from reports import charts
from reports.document import Block, Cell, Paragraph, Section, Table, Text, span
from reports.gain import ORDER_GAIN, ORDER_SHOCK, ORDER_WORTH
from reports.inputs import is_floor
from reports.quantities import ACCURACY, ACCURACY_LOST, CONSISTENT, PER_ORDER_BIT, SURVIVING
from reports.quantities import Row as Found
from reports.sections import Report, anchor, cell, cells, grouped, runs_cell
from reports.sections.figures import figure
from reports.statistics import LEVEL
from reports.verdicts import ladder
from reports.written import estimated, number, p_value, percent, scaled


def meaning(report: Report) -> Section:
    blocks: list[Block] = [Paragraph(report.words.text("meaning.label" if report.classifies else "meaning.bits"))]
    if report.classifies:
        blocks.append(_accuracies(report))
    return Section(report.words("heading.meaning"), tuple(blocks))


def order(report: Report) -> Section:
    words, worth = report.words, _gains(report)
    note = Paragraph((*words.text("note.order_bits"), *_ladder(report)), "small")
    blocks: list[Block] = [_costs(report), note]
    if report.ungated:
        blocks.append(Paragraph(words.text("note.ungated"), "small"))
    blocks += _few(
        report, [row.flipped[1] for row in report.analysis.rows if row.quantity == "order_cost"], "few_flips"
    )
    if worth:
        blocks += [worth, Paragraph(words.text("note.gain"), "small")]
        if any(row.estimate.value > 1.0 for row in report.analysis.rows if row.quantity == ORDER_GAIN):
            blocks.append(Paragraph(words.text("note.behind_floor"), "small"))
    if report.analysis.comparisons:
        reached = [c.permuted[1] for c in report.analysis.comparisons]
        blocks += [_compared(report), *_few(report, reached, "few_models")]
    return Section(words("heading.order"), tuple(blocks))


def matrix(report: Report) -> Section | None:
    """Training orders by test orders, where there is more than one of the former."""
    found = charts.matrix(report.analysis, report.words)
    if found is None:
        return None
    return Section(
        report.words("heading.matrix"), (figure(report, "matrix_label" if report.classifies else "matrix", found),)
    )


def _of(report: Report, quantity: str) -> tuple[list[Found], Counter[object]]:
    shown = [row for row in report.analysis.rows if row.quantity == quantity]
    return shown, Counter(row.group for row in shown)


def _costs(report: Report) -> Table:
    shown, span_of = _of(report, "bits_per_sentence")
    rows, before = [], None
    for row in shown:
        cost = report.analysis.find(row.group, row.order, "order_cost")
        share = report.analysis.find(row.group, row.order, PER_ORDER_BIT)
        floor, first = is_floor(row.group.model), row.group != before
        figures = (
            estimated(row.estimate),
            estimated(cost.estimate) if cost else "",
            estimated(share.estimate, 2) if share else "",
            p_value(cost.estimate.p_holm) if cost and not floor else "",
            "–" if floor else str(row.estimate.seeds),
        )
        lead = report.lead(row.group, first=first)
        named = Cell(span(report.trained(row.group)), anchor=anchor(row.group)) if first else lead[1]
        runs = (runs_cell(row.run_ids, span_of[row.group]),) if first else ()
        rows.append((row.group, (lead[0], named, cell(row.order), *cells(figures), *runs)))
        before = row.group
    bits = "bits_label" if report.classifies else "bits"
    heads = report.columns(("language", "model", "test_order"), (bits, "cost", "per_order_bit", "p_holm", "seeds"))
    caption = report.words("caption.order_label" if report.classifies else "caption.order")
    return Table(caption, (*heads, *report.columns(("runs",), ())), grouped(rows))


def _ladder(report: Report) -> Text:
    """Whether natural < local_3 < shuffle holds in all recurrent models that were trained on natural order."""
    natural = [group for group in report.analysis.groups if group.train_order == "natural"]
    steps = {group: ladder(report.analysis, group) for group in natural}
    known = {group: holds for group, holds in steps.items() if holds is not None}
    if not known:
        return ()
    broken = [
        f"{group.lang} {group.unit} {report.words.trained(group.model, group.train_order, group.condition)}"
        for group, holds in known.items()
        if not holds
    ]
    if not broken:
        return (*span(" "), *report.words.text("note.ladder_holds", count=len(known)))
    return (*span(" "), *report.words.text("note.ladder_broken", models=", ".join(broken)))


def _accuracies(report: Report) -> Table:
    """Of classifiers, the share of right labels under every order."""
    shown, span_of = _of(report, ACCURACY)
    rows, before = [], None
    for row in shown:
        first = row.group != before
        beside = (report.analysis.find(row.group, row.order, name) for name in (ACCURACY_LOST, SURVIVING, CONSISTENT))
        figures = (percent(row), *(percent(one) if one else "" for one in beside))
        runs = (runs_cell(row.run_ids, span_of[row.group]),) if first else ()
        rows.append((row.group, (*report.lead(row.group, first=first), cell(row.order), *cells(figures), *runs)))
        before = row.group
    heads = report.columns(("language", "model", "test_order"), ("accuracy", "lost", "surviving", "consistent"))
    return Table(report.words("caption.accuracy"), (*heads, *report.columns(("runs",), ())), grouped(rows))


def _gains(report: Report) -> Table | None:
    """What each order that models were trained on is worth: gain and shock."""
    rows, before = [], None
    for row in report.analysis.rows:
        shock = report.analysis.find(row.group, row.order, ORDER_SHOCK)
        if row.quantity != ORDER_GAIN or shock is None:
            continue
        worth = report.analysis.find(row.group, row.order, ORDER_WORTH)
        figures = (
            estimated(worth.estimate) if worth else "",
            estimated(row.estimate, 3),
            ", ".join(number(value, 3) for _, value in sorted(row.by_seed.items())),
            estimated(shock.estimate, 3),
        )
        lead = report.lead(row.group, first=row.group != before)
        rows.append((row.group, (*lead, cell(row.order), *cells(figures), runs_cell(row.run_ids))))
        before = row.group
    if not rows:
        return None
    heads = report.columns(("language", "model", "order"), ("worth", "gain", "gain_by_seed", "shock"))
    return Table(report.words("caption.gain"), (*heads, *report.columns(("runs",), ())), grouped(rows))


def _few(report: Report, reached: list[float], note: str) -> list[Paragraph]:
    """That a test of so few models cannot stand in the family, where none can; reached: the smallest p that each
    can reach."""
    tested, asked = [p for p in reached if not math.isnan(p)], (1 - LEVEL) / max(report.analysis.family, 1)
    if not tested or min(tested) <= asked:
        return []
    values = {"smallest": f"{min(tested):.3f}", "asked": f"{asked:.4f}", "family": report.analysis.family}
    return [Paragraph(report.words.text(f"note.{note}", **values), "small")]


def _compared(report: Report) -> Table:
    rows, before = [], None
    span_of = Counter((c.first, c.second) for c in report.analysis.comparisons)
    for c in report.analysis.comparisons:
        digits = {PER_ORDER_BIT: 2, ORDER_GAIN: 3}.get(c.quantity, 1)
        scale = 100.0 if c.quantity == ACCURACY else 1.0
        found = c.estimate
        names = (c.named(report.words), c.first.model, c.order, report.words(f"quantity.{c.quantity}"))
        figures = (
            estimated(scaled(found, scale), digits),
            p_value(found.p),
            p_value(found.p_holm),
            "–" if math.isnan(c.permuted[0]) else f"{c.permuted[0]:.3f} (≥ {c.permuted[1]:.3f})",
            number(scale * found.detectable, digits),
        )
        pair = (c.first, c.second)
        runs = (runs_cell(c.run_ids, span_of[pair]),) if pair != before else ()
        rows.append((pair, (*cells(names), *cells(figures), *runs)))
        before = pair
    heads = report.columns(
        ("difference", "model", "test_order", "quantity"), ("difference", "p", "p_holm", "permuted", "detectable")
    )
    compared = report.analysis.comparisons
    if report.inputs.alike and any(c.languages for c in compared):
        fewest = min(c.estimate.sentences for c in compared if c.languages)
        caption = report.words("caption.compared_alike", sentences=fewest)
    else:
        most = max((c.estimate.sentences for c in compared), default=0)
        caption = report.words("caption.compared", sentences=most)
    return Table(caption, (*heads, *report.columns(("runs",), ())), grouped(rows))

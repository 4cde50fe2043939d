"""The small table that ends an experiment."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from reports.analysis import Analysis
from reports.gain import ORDER_GAIN, ORDER_SHOCK
from reports.inputs import Group, is_floor
from reports.quantities import ACCURACY
from reports.words import words_of
from reports.written import percent


def summary(analysis: Analysis) -> Table:
    """Test orders by models: bits per sentence with the 95 % interval, and the order cost."""
    table = Table(box=None, pad_edge=False, title="bits per sentence [95 % interval]", title_justify="left")
    for column in ("lang", "unit", "model", "order", "bits per sentence", "order cost", "seeds"):
        table.add_column(column, justify="right" if column in ("bits per sentence", "order cost", "seeds") else "left")
    before = None
    for row in analysis.rows:
        if row.quantity != "bits_per_sentence":
            continue
        first = row.group != before
        cost = analysis.find(row.group, row.order, "order_cost")
        found, group = row.estimate, row.group
        table.add_row(
            *((group.lang, group.unit, _trained(group)) if first else ("", "", "")),
            row.order,
            f"{found.value:.1f} [{found.low:.1f}, {found.high:.1f}]",
            f"{cost.estimate.value:z.1f} [{cost.estimate.low:z.1f}, {cost.estimate.high:z.1f}]" if cost else "",
            "–" if is_floor(group.model) else str(found.seeds),
        )
        before = row.group
    return table


def _trained(group: Group) -> str:
    return words_of("en").trained(group.model, group.train_order, group.condition)


def accuracies(analysis: Analysis) -> Table:
    """Of classifiers, how many of a hundred labels are right under every order."""
    orders = [order for order in analysis.orders if any(row.order == order for row in analysis.rows)]
    table = Table(box=None, pad_edge=False, title="accuracy, % [95 % interval]", title_justify="left")
    for column in ("lang", "unit", "model", *orders):
        table.add_column(column, justify="right" if column in orders else "left")
    for group in analysis.groups:
        found = [analysis.find(group, order, ACCURACY) for order in orders]
        table.add_row(group.lang, group.unit, _trained(group), *(percent(row) if row else "" for row in found))
    return table


def gains(analysis: Analysis) -> Table:
    """What the orders that models were trained on are worth."""
    table = Table(box=None, pad_edge=False, title="what order is worth [95 % interval]", title_justify="left")
    for column in ("lang", "unit", "model", "order", "order gain", "order shock"):
        table.add_column(column, justify="right" if column.startswith("order ") else "left")
    for row in analysis.rows:
        shock = analysis.find(row.group, row.order, ORDER_SHOCK)
        if row.quantity == ORDER_GAIN and shock is not None:
            cells = (f"{r.estimate.value:z.3f} [{r.estimate.low:z.3f}, {r.estimate.high:z.3f}]" for r in (row, shock))
            table.add_row(row.group.lang, row.group.unit, _trained(row.group), row.order, *cells)
    return table


def show(analysis: Analysis) -> None:
    """Print the table, and the flagged runs if there are any, to standard output."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=120)
    if any(row.quantity == ACCURACY for row in analysis.rows):
        console.print(accuracies(analysis))
    console.print(summary(analysis))
    if any(row.quantity == ORDER_GAIN for row in analysis.rows):
        console.print(gains(analysis))
    for run in analysis.flagged.to_dict("records"):
        console.print(f"{run['lang']} {run['model']} seed {run['seed']} {run['gate']} (in no average)")

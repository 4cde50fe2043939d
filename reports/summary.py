"""The small table that ends an experiment."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from reports.analysis import Analysis
from reports.inputs import is_floor


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
            *((group.lang, group.unit, group.model) if first else ("", "", "")),
            row.order,
            f"{found.value:.1f} [{found.low:.1f}, {found.high:.1f}]",
            f"{cost.estimate.value:z.1f} [{cost.estimate.low:z.1f}, {cost.estimate.high:z.1f}]" if cost else "",
            "–" if is_floor(group.model) else str(found.seeds),
        )
        before = row.group
    return table


def show(analysis: Analysis) -> None:
    """Print the table, and the flagged runs if there are any, to standard output."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=120)
    console.print(summary(analysis))
    for run in analysis.flagged.to_dict("records"):
        console.print(f"{run['lang']} {run['model']} seed {run['seed']} {run['gate']} (in no average)")

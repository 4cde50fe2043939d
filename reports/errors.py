"""What can go wrong between tracked runs and a page."""

from corpora.errors import EosunError


class ReportError(EosunError):
    """Runs that a report cannot be made from, or a report that no longer follows from its files."""

"""What can go wrong between text and integers."""

from corpora.errors import EosunError


class PipelineError(EosunError):
    """A unit, an order or a vocabulary that does not fit the text it is asked to work on."""

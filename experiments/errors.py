"""What can go wrong between a study and its tracked results."""

from corpora.errors import EosunError


class StudyError(EosunError):
    """A study, a setting or a stored run that cannot be used as it is."""

"""Names of units: what is asked of a spelling is asked once, however often it occurs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.layout import Indices


@dataclass(frozen=True)
class Names:
    """Units end to end by their spelling. spellings: the different ones; code: [units], which of them each unit has."""

    spellings: list[str]
    code: Indices

    def __len__(self) -> int:
        return len(self.code)

    def each(self, function: Callable[[str], Any], kind: type) -> NDArray[Any]:
        """[units]: what a function says of every unit's spelling."""
        return np.array([function(spelling) for spelling in self.spellings], kind)[self.code]

    def listed(self) -> list[str]:
        """[units]: the spelling of every unit."""
        return [self.spellings[code] for code in self.code.tolist()]


def names_of(units: Iterable[str]) -> Names:
    """Units' spellings in the order in which they first occur."""
    code, spellings = pd.factorize(np.array([*units], object))
    return Names(spellings.tolist(), code.astype(np.int64))

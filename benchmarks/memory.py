"""How much memory and time it takes to build a dataset of film reviews and to read it in shuffled order.

`python -m benchmarks.memory 100000 1000000 10000000` measures each size in processes of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

BATCH = 100_000


class Watch:
    """The highest memory of this process and of its children together, looked at ten times a second, in MB: `anonymous`
    is what the processes hold themselves, `resident` counts pages of memory-mapped files as well."""

    def __init__(self) -> None:
        self.anonymous = self.resident = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._over.wait(0.1):
            sums = {"RssAnon:": 0.0, "VmRSS:": 0.0}
            for process in [os.getpid(), *_children(os.getpid())]:
                try:
                    for line in Path(f"/proc/{process}/status").read_text().splitlines():
                        name, _, rest = line.partition("\t")
                        if name in sums:
                            sums[name] += int(rest.split()[0]) / 1024
                except OSError:
                    continue
            self.anonymous = max(self.anonymous, sums["RssAnon:"])
            self.resident = max(self.resident, sums["VmRSS:"])

    def stop(self) -> dict[str, float]:
        self._over.set()
        self._thread.join()
        return {"anonymous_mb": round(self.anonymous), "resident_mb": round(self.resident)}


def _children(process: int) -> list[int]:
    try:
        text = Path(f"/proc/{process}/task/{process}/children").read_text()
    except OSError:
        return []
    return [int(one) for one in text.split()]


def measure(count: int, unit: str) -> None:
    """Write, build and read, and print what each took."""
    import numpy as np

    from benchmarks.material import reviews
    from pipelines.build import build
    from pipelines.dataset import Recipe
    from pipelines.engines import default_workers, local
    from pipelines.orders import get_order
    from pipelines.sequences import gather

    with tempfile.TemporaryDirectory(dir=os.environ.get("EOSUN_VAR")) as room:
        os.environ["EOSUN_VAR"] = room
        corpus = reviews(count, Path(room) / "corpus")
        watch, begin = Watch(), time.perf_counter()
        dataset = build(corpus, "ko", Recipe(unit, 4000), engine=local(default_workers()))
        built = {"seconds": round(time.perf_counter() - begin, 1), **watch.stop()}
        watch, begin, pieces = Watch(), time.perf_counter(), 0
        for first in range(0, count, BATCH):
            numbers = np.arange(first, min(first + BATCH, count))
            pieces += len(gather(dataset, numbers, get_order("shuffle")).ids)
        read = {"seconds": round(time.perf_counter() - begin, 1), **watch.stop()}
    print(json.dumps({"sentences": count, "unit": unit, "pieces": pieces, "build": built, "shuffle": read}))


def main() -> None:
    """Each size in a process of its own, so that none starts with the memory of another."""
    if sys.argv[1] == "--one":
        measure(int(sys.argv[2]), sys.argv[3])
        return
    for count in sys.argv[1:]:
        subprocess.run([sys.executable, "-m", "benchmarks.memory", "--one", count, "eojeol"], check=True)


if __name__ == "__main__":
    main()

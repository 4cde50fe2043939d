"""What all tests share: produced files go to a folder of their own, and TensorFlow keeps to one thread."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ.update(
    {"TF_CPP_MIN_LOG_LEVEL": "3", "OMP_NUM_THREADS": "1", "MLFLOW_DISABLE_TELEMETRY": "true", "COLUMNS": "200"}
)
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"


@pytest.fixture(autouse=True)
def produced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A test's own `var` folder, so that tests neither see nor leave anything."""
    monkeypatch.setenv("EOSUN_VAR", str(tmp_path / "var"))
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    return tmp_path / "var"

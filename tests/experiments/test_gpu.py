"""What a cell does on a machine with a GPU, as far as a machine without one can tell: TensorFlow is told of one."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import numpy as np
import tensorflow as tf
from tensorflow.python.eager import context

asked = []
real = tf.config.list_physical_devices
tf.config.list_physical_devices = lambda kind=None: ["a GPU"] if kind == "GPU" else real(kind)
tf.config.experimental.set_memory_growth = lambda device, grows: asked.append(
    (device, grows, context.context()._context_handle is None)
)

from experiments.models import get_model
from experiments.packing import pack_texts, passages, stream, documents
from experiments.study import load_study
from experiments.trainer import fix_runtime, new_classifier, new_language_model
from pipelines.sequences import Sequences

fix_runtime()
assert asked == [("a GPU", True, True)], asked  # TensorFlow refuses once it has made a variable

study = load_study("word_order", preset="smoke", settings=[
    "training.rows=4", "training.row=16", "sizes.embedding=8", "sizes.units=8", "match=units"])
generator = np.random.default_rng(0)
lengths = generator.integers(2, 12, 30)
ids = generator.integers(4, 24, lengths.sum()).astype(np.int32)
texts = Sequences(ids, np.arange(len(ids) + 1), np.cumsum([0, *lengths]).astype(np.int64))

network = new_language_model(get_model("gru"), 24, study, 8, 1)
given = passages(texts)
rows = network.pack(given)
assert len(rows.ids) >= 30  # a sentence a row
first = float(network.learn(rows, 0, 1))
assert network.now_fused and np.isfinite(first)
bits = network.bits(given)
network.fused = False
np.testing.assert_allclose(bits, network.bits(given), atol=1e-4)
assert not network.now_fused

network.fused = True
whole = documents(texts, np.array([10, 20]))
network.learn(stream(whole, 16, 4, generator), 0, 2)
assert not network.now_fused and len(network.carried) == 1  # the state is carried by the packed scan, under XLA
assert np.isfinite(network.bits(whole)).all()

classifier = new_classifier(get_model("lstm_bidirectional"), 24, study, 8, 3, 1)
labels = np.arange(30) % 3
classifier.learn(pack_texts(texts, labels, 16, 4, 1, generator), 0, 1)
assert classifier.now_fused
print("seen")
"""


def test_a_cell_on_a_gpu_grows_in_memory_and_takes_each_kind_of_rows_its_way() -> None:
    """Memory growth is asked for before TensorFlow has a variable; sentences and texts are read by Keras' own call, for
    fused kernels, and give the bits of the packed scan; streamed documents are read by the scan."""
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["seen"], done.stderr[-2000:]

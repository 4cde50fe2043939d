"""Looking into a trained language model along text: its states, what it makes of other pasts, and its gradients."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from experiments.packing import Passages, stream, streams
from experiments.trainer import SCORING_ROWS, Network
from pipelines.layout import Indices

States = list[NDArray[np.float32]]
GRADIENT_ROWS = 32


class Probe:
    """A recurrent language model and the compiled functions that look into it."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self._states = tf.function(self._all_states, jit_compile=True)
        self._gradients = tf.function(self._norms, jit_compile=True)

    def _all_states(self, ids: Any, keep: Any, before: Any) -> Any:
        return self.network.model.states_of_all_steps(ids, keep, before)

    def _norms(self, ids: Any, keep: Any, targets: Any, weight: Any, before: Any) -> Any:
        return self.network.model.gradient_norms(ids, keep, targets, weight, before)

    def states_before(self, given: Passages, steps: Indices) -> States:
        """The states from which each of some steps is taken, [steps, units] for every state of every layer; zeros where
        a passage begins. Every passage is read once, whatever is asked for."""
        row = self.network.training.row
        together = streams(given.lengths, row, SCORING_ROWS)
        rows = stream(given, row, together)
        flat = rows.place[np.maximum(steps - 1, 0)]
        batch, inside = flat // row // together, (flat % row, flat // row % together)
        before = self.network.model.body.empty_states(together)
        found = [np.zeros((len(steps), *state.shape[1:]), np.float32) for state in before]
        for number in range(len(rows.ids) // together):
            part = slice(number * together, (number + 1) * together)
            every, _ = self._states(tf.constant(rows.ids[part]), tf.constant(rows.keep[part]), before)
            chosen = np.flatnonzero(batch == number)
            if len(chosen):
                for states, one in zip(found, every, strict=True):
                    states[chosen] = one.numpy()[inside[0][chosen], inside[1][chosen]]
            before = [one[-1] for one in every]
        begins = np.isin(steps, given.offsets[:-1])
        for states in found:
            states[begins] = 0.0
        return found

    def kept(self, given: Passages) -> list[NDArray[np.float64]]:
        """Of every gated layer, [units], the mean over all steps of the gate that keeps a unit's state."""
        row = self.network.training.row
        together = streams(given.lengths, row, SCORING_ROWS)
        rows = stream(given, row, together)
        before = self.network.model.body.empty_states(together)
        sums: list[NDArray[np.float64]] = []
        for begin in range(0, len(rows.ids), together):
            part = slice(begin, begin + together)
            every, kept = self._states(tf.constant(rows.ids[part]), tf.constant(rows.keep[part]), before)
            counted = rows.weight[part].T[:, :, None]
            found = [(gate.numpy() * counted).sum((0, 1)).astype(np.float64) for gate in kept]
            sums = [a + b for a, b in zip(sums, found, strict=True)] if sums else found
            before = [one[-1] for one in every]
        return [total / len(rows.place) for total in sums]

    def bits(self, given: Passages, wanted: NDArray[np.bool_], states: States | None = None) -> NDArray[np.float64]:
        """[steps]: surprisal in bits of the wanted targets, zero elsewhere. Passage i begins from states[·][i]."""
        network, row = self.network, self.network.training.row
        network.read_as(True)
        bits = np.zeros(len(given.targets))
        by_length = np.argsort(-given.lengths, kind="stable")
        for start in range(0, len(by_length), SCORING_ROWS):
            group = by_length[start : start + SCORING_ROWS]
            place, ids, targets, asked = _beside(given, group, SCORING_ROWS, row, wanted)
            keep = np.ones((SCORING_ROWS, row), np.float32)
            before = network.model.body.empty_states(SCORING_ROWS)
            if states is not None:
                before = [tf.constant(_filled(state[group])) for state in states]
            nats = np.zeros(ids.shape)
            for begin in range(0, ids.shape[1], row):
                part = slice(begin, begin + row)
                here = asked[:, part].reshape(-1)
                chosen, count = np.argsort(~here, kind="stable").astype(np.int32), int(here.sum())
                arrays = [tf.constant(a) for a in (ids[:, part], keep, targets[:, part])]
                found, after = network.nats(arrays, tf.constant(chosen), tf.constant(count), before)
                block = np.zeros(here.size)
                block[chosen[:count]] = found.numpy()[:count]
                nats[:, part], before = block.reshape(SCORING_ROWS, row), list(after)
            for i, passage in enumerate(group):
                steps = slice(given.offsets[passage], given.offsets[passage + 1])
                bits[steps] = nats[i, place[i]] / math.log(2.0)
        return bits

    def gradient_norms(self, given: Passages, wanted: NDArray[np.bool_]) -> NDArray[np.float64]:
        """[steps]: of the summed bits of a passage's wanted targets, the squared norm of the gradient at the embedding
        of each step's input. Passages begin from empty states."""
        self.network.read_as(True)
        row, found = self.network.training.row, np.zeros(len(given.targets))
        longest = -(-int(given.lengths.max()) // row) * row
        for start in range(0, len(given.lengths), GRADIENT_ROWS):
            group = np.arange(start, min(start + GRADIENT_ROWS, len(given.lengths)))
            place, ids, targets, asked = _beside(given, group, GRADIENT_ROWS, longest, wanted)
            keep = np.ones(ids.shape, np.float32)
            before = self.network.model.body.empty_states(GRADIENT_ROWS)
            arrays = [tf.constant(a) for a in (ids, keep, targets, asked.astype(np.float32))]
            norms = self._gradients(*arrays, before).numpy()
            for i, passage in enumerate(group):
                found[given.offsets[passage] : given.offsets[passage + 1]] = norms[i, place[i]]
        return found / math.log(2.0) ** 2


def _filled(states: NDArray[np.float32]) -> NDArray[np.float32]:
    """[SCORING_ROWS, units], zeros below the states that there are."""
    return np.concatenate([states, np.zeros((SCORING_ROWS - len(states), *states.shape[1:]), np.float32)])


def _beside(
    given: Passages, group: Indices, rows: int, multiple: int, wanted: NDArray[np.bool_]
) -> tuple[list[slice], NDArray[np.int32], NDArray[np.int32], NDArray[np.bool_]]:
    """Some passages in rows of their own, [rows, steps] ids, targets and wanted, steps rounded up to a multiple; and
    where each passage lies in its row."""
    lengths = given.lengths[group]
    shape = rows, max(1, -(-int(lengths.max()) // multiple)) * multiple
    ids, targets, asked = np.zeros(shape, np.int32), np.zeros(shape, np.int32), np.zeros(shape, bool)
    for i, passage in enumerate(group):
        steps = slice(given.offsets[passage], given.offsets[passage + 1])
        ids[i, : lengths[i]], targets[i, : lengths[i]] = given.inputs[steps], given.targets[steps]
        asked[i, : lengths[i]] = wanted[steps]
    return [slice(0, int(length)) for length in lengths], ids, targets, asked

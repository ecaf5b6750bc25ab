"""Batches from background processes, in order, from any step on."""

import signal
import time
from collections.abc import Callable, Iterator
from functools import partial

import torch
from torch.utils.data import DataLoader, Dataset, Sampler

from data.batches import Batch, Corpus, Mixer, batch

REFRESH_SECONDS = 30
"""How often a loader process looks for shards that have arrived."""


class Steps(Sampler):
    """(step, part, phase) of every micro-batch from a step on; the phase is read when the batch is ordered."""

    def __init__(self, first: int, parts: int, phase):
        self.first, self.parts, self.phase = first, parts, phase

    def __iter__(self):
        step = self.first
        while True:
            for part in range(self.parts):
                yield step, part, self.phase()
            step += 1


class Batches(Dataset):
    """Batches by (step, part, phase). make: (number, phase) → batch; between batches the corpus takes in new shards."""

    def __init__(self, corpus: Corpus, make: Callable, parts: int):
        self.corpus, self.make, self.parts = corpus, make, parts
        self.refreshed = time.time()

    def __getitem__(self, key: tuple[int, int, str]):
        if time.time() - self.refreshed > REFRESH_SECONDS:
            self.corpus.refresh()
            self.refreshed = time.time()
        step, part, phase = key
        return self.make(step * self.parts + part, phase)


def mixed(mixer: Mixer, seed: int, parts: int, tokens: int) -> Batches:
    """The packed batches of batches.py."""
    return Batches(mixer.corpus, partial(packed, mixer, seed, tokens), parts)


def packed(mixer: Mixer, seed: int, tokens: int, number: int, phase: str) -> Batch:
    return batch(mixer, seed, number, phase, tokens)


def endless(batches: Batches, first: int, phase: Callable[[], str], workers: int) -> Iterator:
    """Every part of every step from `first` on; with 0 workers they are made when asked for."""
    return iter(DataLoader(
        batches, batch_size=None, sampler=Steps(first, batches.parts, phase), num_workers=workers,
        prefetch_factor=4 if workers else None, collate_fn=as_it_is, worker_init_fn=alone,
    ))


def as_it_is(batch):
    return batch


def alone(_: int) -> None:
    """A loader process computes on one thread, and ends with its run only: a signal to the whole group is for the run to answer."""
    torch.set_num_threads(1)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)

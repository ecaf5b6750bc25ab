"""When a run warms up, decays, rounds and ends."""

import time
from collections.abc import Callable


class Clock:
    """Progress of the run in wall-clock time: 0 at its start, 1 at its end."""

    def __init__(self, start: float, end: float, config: dict):
        self.start, self.end, self.config = start, end, config

    def progress(self) -> float:
        return min(1.0, (time.time() - self.start) / (self.end - self.start))

    def decaying(self) -> bool:
        return self.progress() >= 1 - self.config["decay_share"]

    def rounding(self) -> bool:
        """Whether weights are used as the exporter will round them."""
        return self.progress() >= 1 - self.config["rounding_share"]

    def phase(self) -> str:
        return "decay" if self.decaying() else "train"

    def rate(self, step: int) -> float:
        """Learning rate as a share of its peak: warm-up by steps, flat, then linear to 0."""
        warm = min(1.0, (step + 1) / self.config["warmup_steps"])
        return warm * min(1.0, max(0.0, (1 - self.progress()) / self.config["decay_share"]))


class Open(Clock):
    """No end: after the warm-up the rate stays at its peak until the process is asked to stop. Decays branch off."""

    def __init__(self, start: float, config: dict):
        super().__init__(start, float("inf"), config)

    def progress(self) -> float:
        return 0.0


class Branch(Clock):
    """Nothing but the decay, by steps and not by the clock: on a machine that others use a step may take any time.

    `first` is the step at which the branch left its run, `now` says the current one.
    """

    def __init__(self, start: float, config: dict, first: int, steps: int, now: Callable[[], int]):
        super().__init__(start, float("inf"), config)
        self.first, self.steps, self.now = first, steps, now

    def progress(self) -> float:
        done = min(1.0, (self.now() - self.first) / self.steps)
        return 1.0 - self.config["decay_share"] * (1.0 - done)

"""Threads over the parts of a batch: used by every trainer."""

from concurrent.futures import ThreadPoolExecutor

import torch


def in_threads(count: int):
    """`map` over `count` threads with one core each.

    On a shared CPU this beats splitting every operation over the cores: threads meet once a step instead of
    hundreds of times, so a core that is busy with something else delays the step by one part at most.
    """
    if count == 1:
        return map
    torch.set_num_threads(1)
    return ThreadPoolExecutor(count, initializer=lambda: torch.set_num_threads(1)).map

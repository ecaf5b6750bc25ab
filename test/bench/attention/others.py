"""Make the page that another tool makes of captured weights: others.py TOOL TOKENS LAYERS HEADS WEIGHTS BOOK PAGE.

TOOL is bertviz or inspectus, as installed. WEIGHTS holds, for each head of each layer, the lower triangle of its map in
bytes; BOOK the 256 float32 that these stand for. Of every map the first TOKENS rows are shown. Of PyTorch and IPython
the tools use only what stands in for them here. More than 8 GB of memory is not given.
"""

import resource
import sys
from types import ModuleType, SimpleNamespace

import numpy as np

MEMORY = 8 << 30


class Tensor(np.ndarray):
    """An array that has its size asked for as PyTorch's are."""

    def size(self, axis):
        return self.shape[axis]


def stand_in(name, **members):
    sys.modules[name] = module = ModuleType(name)
    vars(module).update(members)


shown = []
page_part = lambda data: SimpleNamespace(data=data)
stand_in("torch", stack=np.stack, Tensor=Tensor)
stand_in("IPython")
stand_in("IPython.display", display=shown.append, HTML=page_part, Javascript=page_part)


def load(weights, book, layers, heads, tokens):
    """The first rows of all maps: [layers, heads, tokens, tokens], float32."""
    maps = np.memmap(weights, np.uint8, "r").reshape(layers, heads, -1)
    values = np.fromfile(book, np.float32)
    attention = np.zeros((layers, heads, tokens, tokens), np.float32)
    for row in range(tokens):
        start = row * (row + 1) // 2
        attention[:, :, row, : row + 1] = values[maps[:, :, start : start + row + 1]]
    return attention


def main(tool, tokens, layers, heads, weights, book, page):
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    tokens, layers, heads = int(tokens), int(layers), int(heads)
    names = [f"name{i % 97}" for i in range(tokens)]
    attention = load(weights, book, layers, heads, tokens)
    if tool == "bertviz":
        from bertviz import model_view

        shown.append(model_view([layer[None].view(Tensor) for layer in attention], names, html_action="return"))
    else:
        import inspectus

        inspectus.attention(attention, names)
    with open(page, "w", encoding="utf-8") as file:
        file.write('<!doctype html><meta charset="utf-8">')
        for part in shown:
            file.write(part.data)


if __name__ == "__main__":
    main(*sys.argv[1:])

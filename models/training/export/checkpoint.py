"""A checkpoint of the decoder as its export will compute: read by the export, by comparisons and by measurements."""

from pathlib import Path

import torch

from model.decoder import Decoder, Shape


def load(checkpoint: Path) -> Decoder:
    """The decoder of a checkpoint, with the rounding of its export switched on."""
    stored = torch.load(checkpoint, map_location="cpu", weights_only=True)
    decoder = Decoder(Shape(**stored["shape"]))
    decoder.load_state_dict(stored["model"])
    return decoder.float().eval().quantized(stored["body_bits"], 8)

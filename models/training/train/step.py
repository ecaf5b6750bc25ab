"""One step's losses of a decoder from nothing: used by its training and wherever its loss is measured."""

import os

import torch

from data.batches import Batch
from data.layout import IDS
from model.decoder import Decoder, attend_documents
from model.flexible_attention import attend_flexible, document_mask
from train.loss import read_out


class Step:
    """Losses of one part on a device: the decoder compiled, and block-sparse attention, where there is a GPU."""

    def __init__(self, decoder: Decoder, device: torch.device):
        self.decoder, self.device = decoder, device
        self.on_gpu = device.type == "cuda"
        self.dtype = torch.bfloat16 if self.on_gpu else torch.float32
        compiled = self.on_gpu and not os.environ.get("GLASSBOX_EAGER")
        self.forward = torch.compile(decoder, dynamic=False) if compiled else decoder
        self.attend = attend_flexible if self.on_gpu else attend_documents

    def hidden(self, made: Batch) -> torch.Tensor:
        """Final hidden states of a part, [tokens, width]."""
        ids, positions = (torch.from_numpy(array).to(self.device, non_blocking=True) for array in (made.ids, made.positions))
        bounds = document_mask(made.bounds, len(made.ids), self.device) if self.on_gpu else made.bounds
        return self.forward(ids, positions, bounds, self.attend, self.dtype)

    def losses(self, made: Batch) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """(loss, plain cross-entropy, weight), each a sum over the part."""
        hidden = self.hidden(made)
        targets, weights = (torch.from_numpy(array).to(self.device, non_blocking=True) for array in (made.targets, made.weights))
        return *read_out(hidden, self.decoder.effective_table(), targets, weights, self.dtype), weights.sum()

    def validate(self, held: list[Batch]) -> float:
        """Mean cross-entropy in nats over held batches."""
        with torch.no_grad():
            sums = [self.losses(made)[1:] for made in held]
        return float(sum(plain for plain, _ in sums) / sum(weight for _, weight in sums))

    @torch.no_grad()
    def ends(self, held: list[Batch]) -> float:
        """Share of the true middles behind which the model's first choice is to end."""
        right = total = 0
        for made in held:
            at = torch.from_numpy(made.targets == IDS["endOfMiddle"]).to(self.device)
            right += int(((self.hidden(made)[at] @ self.decoder.effective_table().T).argmax(-1) == IDS["endOfMiddle"]).sum())
            total += int(at.sum())
        return right / max(1, total)

"""Muon for the matrices (momentum, then the nearest orthogonal matrix), AdamW for the table and the gains.

Muon: Jordan et al. 2024, https://kellerjordan.github.io/posts/muon/. Matrices of one shape are handled in one batch.
"""

from collections import defaultdict

import torch

from model.decoder import Decoder

COEFFICIENTS = (3.4445, -4.7750, 2.0315)
STEPS = 5


def orthogonal(update: torch.Tensor) -> torch.Tensor:
    """Newton–Schulz towards U Vᵀ of each matrix in [batch, rows, columns]."""
    a, b, c = COEFFICIENTS
    tall = update.shape[-2] > update.shape[-1]
    x = update.mT if tall else update
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(STEPS):
        square = x @ x.mT
        x = a * x + (b * square + c * square @ square) @ x
    return x.mT if tall else x


class Muon(torch.optim.Optimizer):
    """Nesterov momentum, orthogonalised; decoupled weight decay. Parameters are matrices [out, in].

    in_threads: a `map` that may run the shapes side by side.
    """

    def __init__(self, parameters, lr: float, momentum: float = 0.95, weight_decay: float = 0.1, in_threads=map):
        self.in_threads = in_threads
        super().__init__(parameters, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure=None) -> None:
        for group in self.param_groups:
            by_shape = defaultdict(list)
            for parameter in group["params"]:
                by_shape[parameter.shape].append(parameter)
            settings = {key: group[key] for key in ("lr", "momentum", "weight_decay")}
            list(self.in_threads(lambda item: self.step_shape(*item, **settings), by_shape.items()))

    @torch.no_grad()
    def step_shape(self, shape: torch.Size, parameters: list, lr: float, momentum: float, weight_decay: float) -> None:
        updates = []
        for parameter in parameters:
            state = self.state[parameter]
            if "momentum" not in state:
                state["momentum"] = torch.zeros_like(parameter)
            state["momentum"].lerp_(parameter.grad, 1 - momentum)
            updates.append(parameter.grad.lerp(state["momentum"], momentum))
        stacked = torch.stack(updates)
        if stacked.is_cuda:
            stacked = stacked.bfloat16()
        scale = max(1.0, shape[0] / shape[1]) ** 0.5
        for parameter, update in zip(parameters, orthogonal(stacked)):
            parameter.mul_(1 - lr * weight_decay).add_(update.to(parameter.dtype), alpha=-lr * scale)


def optimizers(decoder: Decoder, matrix_lr: float, table_lr: float, weight_decay: float, in_threads=map) -> list[torch.optim.Optimizer]:
    """Muon and AdamW over all parameters; each group remembers its peak rate as `peak`."""
    matrices = [parameter for block in decoder.blocks for parameter in block.parameters() if parameter.ndim == 2]
    rest = [parameter for parameter in decoder.parameters() if not any(parameter is matrix for matrix in matrices)]
    made = [Muon(matrices, matrix_lr, weight_decay=weight_decay, in_threads=in_threads), torch.optim.AdamW(rest, table_lr, betas=(0.9, 0.95), weight_decay=0.0)]
    for optimizer in made:
        for group in optimizer.param_groups:
            group["peak"] = group["lr"]
    return made


def take_step(optimizers: list[torch.optim.Optimizer], parameters: list[torch.Tensor], rate: float) -> None:
    """One step of every optimiser at `rate` times its peak learning rate, with gradients clipped to norm 1 and cleared."""
    norm = torch.nn.utils.clip_grad_norm_([parameter for parameter in parameters if parameter.grad is not None], 1.0)
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["lr"] = group["peak"] * rate
        # A broken batch must not break the model: such a step is skipped and shows in the log as a nan loss.
        if torch.isfinite(norm):
            optimizer.step()
        optimizer.zero_grad(set_to_none=True)

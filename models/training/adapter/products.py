"""Products of a frozen matrix, plain or in eight bits forward and backward: three times as fast on a CPU with VNNI.

Rows of the input and of the matrix have a scale each; the sums are exact. The engine rounds activations to eight bits too
(accuracy level 4), so training sees about what runs. Backward, the rows of the gradient are rounded alike, while gradients of
what is trained stay float32: "SwitchBack" (Wortsman et al. 2023, arXiv:2304.13013).
"""

import torch


@torch.compile(dynamic=True)
def codes_of_rows(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """[n, in] → int8 codes [n, in] and their scales [n, 1]."""
    scales = x.abs().amax(1, keepdim=True).clamp_min(1e-20) * (1 / 127)
    return (x * (1 / scales)).round().to(torch.int8), scales


@torch.compile(dynamic=True)
def expanded(sums: torch.Tensor, rows: torch.Tensor, columns: torch.Tensor) -> torch.Tensor:
    """int32 sums [n, out] times a scale a row [n, 1] and a column [1, out]."""
    return sums.float() * rows * columns


class EightBits:
    """A matrix W [out, in] for products of either side."""

    def __init__(self, weight: torch.Tensor):
        self.forward_codes, scales = codes_of_rows(weight.float())
        self.forward_scales = scales.T.contiguous()
        # Backward the sums run over the rows of W: its columns have the scales.
        self.backward_codes, scales = codes_of_rows(weight.float().T.contiguous())
        self.backward_scales = scales.T.contiguous()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x Wᵀ of x [n, in]."""
        codes, scales = codes_of_rows(x)
        return expanded(torch._int_mm(codes, self.forward_codes.T), scales, self.forward_scales)

    def backward(self, gradient: torch.Tensor) -> torch.Tensor:
        """g W of g [n, out]."""
        codes, scales = codes_of_rows(gradient)
        return expanded(torch._int_mm(codes, self.backward_codes.T), scales, self.backward_scales)


class Plain:
    """The same without rounding, in the matrix's own number type."""

    def __init__(self, weight: torch.Tensor):
        self.weight = weight

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x @ self.weight.T

    def backward(self, gradient: torch.Tensor) -> torch.Tensor:
        return gradient @ self.weight

"""Weighted cross-entropy of the tied read-out, in chunks, with its gradient computed on the way.

The logits of a batch never exist all at once: per chunk they are made, turned into the loss and, in place, into the
gradient. Computed in float32; the products run in the training's number type.
"""

import torch

CHUNK = 1024
Z_LOSS = 1e-4


class ReadOut(torch.autograd.Function):
    """Sum over tokens of weight · (cross-entropy + z-loss), for hidden [n, width] and table [vocabulary, width]."""

    @staticmethod
    def forward(context, hidden, table, targets, weights, dtype):
        low_table = table.to(dtype)
        hidden_gradient = torch.zeros_like(hidden)
        table_gradient = torch.zeros_like(table)
        plain = hidden.new_zeros(())
        total = hidden.new_zeros(())
        for at in range(0, len(hidden), CHUNK):
            part = slice(at, at + CHUNK)
            low, target, weight = hidden[part].to(dtype), targets[part], weights[part, None]
            logits = (low @ low_table.T).float()
            normaliser = logits.logsumexp(-1, keepdim=True)
            entropy = normaliser - logits.gather(-1, target[:, None])
            plain += (weight * entropy).sum()
            total += (weight * (entropy + Z_LOSS * normaliser.square())).sum()
            gradient = logits.sub_(normaliser).exp_().mul_(weight * (1 + 2 * Z_LOSS * normaliser))
            gradient.scatter_add_(-1, target[:, None], -weight)
            gradient = gradient.to(dtype)
            hidden_gradient[part] = (gradient @ low_table).to(hidden.dtype)
            table_gradient += (gradient.T @ low).to(table.dtype)
        context.save_for_backward(hidden_gradient, table_gradient)
        context.mark_non_differentiable(plain)
        return total, plain

    @staticmethod
    def backward(context, gradient, _):
        hidden_gradient, table_gradient = context.saved_tensors
        return hidden_gradient * gradient, table_gradient * gradient, None, None, None


def read_out(hidden: torch.Tensor, table: torch.Tensor, targets: torch.Tensor, weights: torch.Tensor, dtype: torch.dtype):
    """(loss to minimise, plain weighted cross-entropy), both sums over the tokens that carry weight."""
    kept = weights.nonzero().squeeze(-1)
    return ReadOut.apply(hidden[kept], table, targets[kept], weights[kept], dtype)

"""Losses at a frozen, tied read-out of which the adapter replaces a few rows.

Like train/loss.py: chunk by chunk the logits are made, turned into the loss and in place into the gradient, so that they never
exist all at once. Beside the cross-entropy stands the distance to what the untouched base says, KL(base ‖ adapted).
"""

import torch

CHUNK = 256


class FrozenReadOut(torch.autograd.Function):
    """Sums over tokens: weight · cross-entropy + pull · KL(base ‖ adapted); and both without a gradient."""

    @staticmethod
    def forward(context, hidden, rows, row_ids, table, targets, weights, base, pull):
        """hidden: [n, width]; rows: [r, width], as `table` [vocabulary, width] has them at `row_ids`; targets, weights: [n];
        base: hidden states of the untouched decoder [n, width], or None; pull: [n], or None."""
        below = torch.zeros_like(hidden)
        row_gradient = torch.zeros_like(rows)
        entropy_sum, distance_sum, total = hidden.new_zeros(()), hidden.new_zeros(()), hidden.new_zeros(())
        for at in range(0, len(hidden), CHUNK):
            part = slice(at, at + CHUNK)
            target, weight = targets[part, None], weights[part, None]
            scores = (hidden[part].to(table.dtype) @ table.T).float().log_softmax(-1)
            entropy = -(weight * scores.gather(-1, target)).sum()
            entropy_sum += entropy
            total += entropy
            mass = weight
            if base is not None:
                own = (base[part].to(table.dtype) @ table.T).float().log_softmax(-1)
                likely = own.exp()
                distance = pull[part, None] * (likely * (own - scores)).sum(-1, keepdim=True)
                distance_sum += distance.sum()
                total += distance.sum()
                mass = weight + pull[part, None]
            gradient = scores.exp_().mul_(mass)
            if base is not None:
                gradient.sub_(likely.mul_(pull[part, None]))
            gradient.scatter_add_(-1, target, -weight)
            below[part] = (gradient.to(table.dtype) @ table).to(hidden.dtype)
            row_gradient += gradient[:, row_ids].T @ hidden[part].float()
        context.save_for_backward(below, row_gradient)
        context.mark_non_differentiable(entropy_sum, distance_sum)
        return total, entropy_sum, distance_sum

    @staticmethod
    def backward(context, gradient, *_):
        below, row_gradient = context.saved_tensors
        return below * gradient, row_gradient * gradient, None, None, None, None, None, None

#!/bin/sh
# Wait for the end, export, compare with PyTorch, cut what returns into pieces.
. "$(dirname "$0")/environment.sh"
watch_training 240
"$PYTHON" export.py "$GLASSBOX_WORK/run/final.pt" "$GLASSBOX_WORK/tokenizer.json" "$GLASSBOX_WORK/decoder" --name glassbox-decoder --version 1.0.0
"$PYTHON" check.py "$GLASSBOX_WORK/run/final.pt" "$GLASSBOX_WORK/decoder" || echo "conformance failed: return the checkpoint and look at home"
cp "$GLASSBOX_WORK/run/log.jsonl" "$GLASSBOX_OUT/log.jsonl"
"$PYTHON" gpu/pieces.py cut "$GLASSBOX_WORK/pieces" "$GLASSBOX_WORK/decoder/model.onnx" "$GLASSBOX_WORK/decoder/tokenizer.json" "$GLASSBOX_WORK/decoder/glassbox.json" "$GLASSBOX_WORK/run/final.pt" "$GLASSBOX_WORK/run/before-decay.pt"

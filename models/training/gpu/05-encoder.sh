#!/bin/sh
# Wait for the encoder's end, export it, compare it with PyTorch, cut it into pieces.
#   sh gpu/05-encoder.sh [SECONDS TO WAIT]
. "$(dirname "$0")/environment.sh"
if ! running encoder && [ ! -f "$GLASSBOX_WORK/encoder/final.pt" ]; then
  echo "the encoder had stopped: resuming"
  start_encoder 1
fi
wait_for_encoder "${1:-480}"
"$PYTHON" -m search.export_encoder "$GLASSBOX_WORK/encoder/final.pt" "$GLASSBOX_WORK/tokenizer.json" "$GLASSBOX_WORK/encoder/folder" --name glassbox-encoder --version 1.0.0 || echo "conformance failed: return the checkpoint and look at home"
cp "$GLASSBOX_WORK/encoder/log.jsonl" "$GLASSBOX_OUT/encoder-log.jsonl"
"$PYTHON" gpu/pieces.py cut "$GLASSBOX_WORK/pieces-encoder" "$GLASSBOX_WORK/encoder/folder/model.onnx" "$GLASSBOX_WORK/encoder/folder/glassbox.json" "$GLASSBOX_WORK/encoder/final.pt"

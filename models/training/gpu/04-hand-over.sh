#!/bin/sh
# The decoder ends, the encoder begins; while it trains, the decoder is exported, compared with PyTorch and cut into pieces.
#   sh gpu/04-hand-over.sh MINUTES OF THE ENCODER [SECONDS TO WAIT FOR THE DECODER]
. "$(dirname "$0")/environment.sh"
start_encoder "$1" # It reads the corpus while the decoder ends, and begins when that has written its last checkpoint.
watch_training "${2:-300}"
"$PYTHON" -m export.export_decoder "$GLASSBOX_WORK/run/final.pt" "$GLASSBOX_WORK/tokenizer.json" "$GLASSBOX_WORK/decoder" --name glassbox-decoder --version 1.0.0
"$PYTHON" -m export.check_decoder "$GLASSBOX_WORK/run/final.pt" "$GLASSBOX_WORK/decoder" || echo "conformance failed: return the checkpoint and look at home"
cp "$GLASSBOX_WORK/run/log.jsonl" "$GLASSBOX_OUT/decoder-log.jsonl"
"$PYTHON" gpu/pieces.py cut "$GLASSBOX_WORK/pieces-decoder" "$GLASSBOX_WORK/decoder/model.onnx" "$GLASSBOX_WORK/decoder/tokenizer.json" "$GLASSBOX_WORK/decoder/glassbox.json" "$GLASSBOX_WORK/run/final.pt" "$GLASSBOX_WORK/run/before-decay.pt"
tail -n 3 "$GLASSBOX_WORK/encoder/log.jsonl" 2> /dev/null || cat "$GLASSBOX_WORK/encoder.out"

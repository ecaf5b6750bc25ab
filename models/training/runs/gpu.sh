#!/bin/sh
# The 52 M decoder and the encoder from nothing, on a machine with one GPU and network. Run again after an interruption, it goes on.
# A machine without network, on which a command may run ten minutes: gpu/PLAN.md.
#   runs/gpu.sh CACHE OUT [MINUTES] [MINUTES OF THE ENCODER]      OUT/decoder and OUT/encoder-folder: the model folders
. "$(dirname "$0")/environment.sh"
cache=$1 out=$2 minutes=${3:-14.5} encoder_minutes=${4:-7.5} config=configs/gpu.json
make_corpus "$cache" "$out" "$config"
make_tokenizer "$out" "$config"
"$PYTHON" -m train.train_decoder "$config" "$out/corpus.jsonl" "$out/tokenizer.json" "$out/run" --minutes "$minutes"
export_and_check "$out/run/final.pt" "$out/tokenizer.json" "$out/decoder" glassbox-decoder 1.0.0
"$PYTHON" -m search.train_encoder configs/encoder.json "$out/corpus.jsonl" "$out/tokenizer.json" "$out/encoder" --minutes "$encoder_minutes"
"$PYTHON" -m search.export_encoder "$out/encoder/final.pt" "$out/tokenizer.json" "$out/encoder-folder" --name glassbox-encoder --version 1.0.0 # 20 s
"$PYTHON" -m evaluate.score_lines "$out/decoder" tasks/lines.json "$cache"

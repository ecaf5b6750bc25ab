#!/bin/sh
# The adapter of the base decoder, on a CPU, over as many sessions as it gets.
#   runs/adapter.sh CACHE OUT BASE MINUTES [STEPS]      BASE: the GGUF file; trains MINUTES more, then a decay of STEPS
# OUT/branch/adapter.safetensors: the finished adapter; OUT/run/adapter.safetensors: as far as the run has come.
. "$(dirname "$0")/environment.sh"
cache=$1 out=$2 base=$3 minutes=$4 steps=${5:-300} config=configs/adapter.json
make_corpus "$cache" "$out" "$config" # 12 min
train_for "$minutes" adapter.train "$config" "$out/corpus.jsonl" "$base" "$out/run"
# 0.9 M tokens
finish "$steps" "$out/run" "$out/branch" adapter.train "$config" "$out/corpus.jsonl" "$base"
for by in layout left-to-right; do
  "$PYTHON" -m adapter.score "$config" "$base" "$cache" --adapter "$out/branch/adapter.safetensors" --by "$by" # 15 min
done

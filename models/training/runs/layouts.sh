#!/bin/sh
# Prompt layouts compared by training a decoder of 0.8 M parameters with each: an hour on a CPU.
#   runs/layouts.sh CACHE OUT [STEPS]      OUT/layouts.json
. "$(dirname "$0")/environment.sh"
cache=$1 out=$2 steps=${3:-1200} config=configs/rehearsal.json
make_corpus "$cache" "$out" "$config"
make_tokenizer "$out" "$config"
"$PYTHON" -m evaluate.compare_layouts "$config" "$out/corpus.jsonl" "$out/tokenizer.json" --steps "$steps" --json "$out/layouts.json"

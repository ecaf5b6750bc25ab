#!/bin/sh
# The adapter of the base encoder, on a CPU, over as many sessions as it gets. On the corpus of runs/adapter.sh, which has all languages.
#   runs/encoder.sh CACHE OUT BASE MINUTES [DECAY] [PACKAGES]      BASE: the encoder's model.zip; trains MINUTES more, then a decay of DECAY minutes,
#                                                                  0 for none; PACKAGES: where the bench unpacked its packages
# OUT/encoder-run/adapter.safetensors: the mean of the last steps' weights.
. "$(dirname "$0")/environment.sh"
cache=$1 out=$2 base=$3 minutes=$4 decay=${5:-30} packages=${6:-../../.cache/bench/packages}
make_corpus "$cache" "$out" configs/adapter.json
# 2 min; the neighbours come last: where they are, the 345,000 pairs are whole.
if [ ! -f "$out/neighbours.npy" ]; then
  "$PYTHON" -m encoder.make_pairs "$out/corpus.jsonl" "$out/pairs.jsonl"
  "$PYTHON" -m encoder.neighbours "$out/pairs.jsonl" "$out/neighbours.npy"
fi
train_for "$minutes" encoder.train configs/encoder-adapter.json "$out/pairs.jsonl" "$out/neighbours.npy" "$base" "$out/encoder-run"
if [ "$decay" != 0 ]; then
  nice -n 19 "$PYTHON" -m encoder.train configs/encoder-adapter.json "$out/pairs.jsonl" "$out/neighbours.npy" "$base" "$out/encoder-run" --decay "$decay"
fi
"$PYTHON" -m encoder.score "$base" "$packages" --adapter "$out/encoder-run/adapter.safetensors" --most 1000 # 4 min; without --most 30
# What the build would make of it (`npm run build` first), for `npm run bench -- quality --only search --encoder`.
"$NODE" ../../dist/assemble.js encoder --from "$base" --adapter "$out/encoder-run/adapter.safetensors" --out "$out/encoder-folder"

#!/bin/sh
# A larger decoder that begins where the shipped one is, trained on a CPU over as many sessions as it gets.
#   runs/grow.sh CACHE OUT MINUTES [STEPS]      trains MINUTES more, then a decay of STEPS; OUT/decoder: the model folder
. "$(dirname "$0")/environment.sh"
cache=$1 out=$2 minutes=$3 steps=${4:-800} config=configs/small.json
make_corpus "$cache" "$out" "$config"
make_tokenizer "$out" "$config"
[ -f "$out/grown.pt" ] || "$PYTHON" -m train.grow_decoder ../decoder "$config" "$out/tokenizer.json" "$out/grown.pt" # 10 s
train_for "$minutes" train.train_decoder "$config" "$out/corpus.jsonl" "$out/tokenizer.json" "$out/run" --weights "$out/grown.pt"
# 3.3 M tokens
finish "$steps" "$out/run" "$out/branch" train.train_decoder "$config" "$out/corpus.jsonl" "$out/tokenizer.json"
export_and_check "$out/branch/final.pt" "$out/tokenizer.json" "$out/decoder" glassbox-decoder 0.0.0
"$PYTHON" -m evaluate.score_lines "$out/decoder" tasks/lines.json "$cache"

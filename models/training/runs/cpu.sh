#!/bin/sh
# A small decoder from nothing, on a CPU: an hour and a half on two cores. Run again after an interruption, it goes on.
#   runs/cpu.sh CACHE OUT [MINUTES]      OUT/decoder: the model folder; CACHE: 2.5 GB of packages
. "$(dirname "$0")/environment.sh"
cache=$1 out=$2 minutes=${3:-80} config=configs/cpu.json
make_corpus "$cache" "$out" "$config" # 6 min
make_tokenizer "$out" "$config"       # 20 s
nice -n 19 "$PYTHON" -m train.train_decoder "$config" "$out/corpus.jsonl" "$out/tokenizer.json" "$out/run" --minutes "$minutes"
export_and_check "$out/run/final.pt" "$out/tokenizer.json" "$out/decoder" glassbox-decoder 0.0.0 # 1 min
# How good it is: what rounding costs, whether context gives answers away, the frozen lines beside a copy baseline.
"$PYTHON" -m evaluate.rounding "$out/run/final.pt" "$out/corpus.jsonl" "$out/tokenizer.json" "$config" # 1 min
"$PYTHON" -m evaluate.leakage "$out/run/final.pt" "$out/corpus.jsonl" "$out/tokenizer.json" "$config"  # 2 min
"$PYTHON" -m evaluate.score_lines "$out/decoder" tasks/lines.json "$cache"                             # 2 min

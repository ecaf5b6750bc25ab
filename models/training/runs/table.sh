#!/bin/sh
# The static table of search, on a CPU.
#   runs/table.sh CACHE OUT [MINUTES]      OUT/search: the model folder
. "$(dirname "$0")/environment.sh"
cache=$1 out=$2 minutes=${3:-12}
make_corpus "$cache" "$out" configs/cpu.json
"$PYTHON" -m search.static_table "$out/corpus.jsonl" "$out/search" --config configs/search.json --minutes "$minutes"

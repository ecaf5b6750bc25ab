#!/bin/sh
# On the machine with network: everything that must exist before the clock starts.
#   sh gpu/00-prepare.sh CACHE OUT [SHARDS]
set -eu
cd "$(dirname "$0")/.."
cache=$1 out=$2 shards=${3:-3} config=${GLASSBOX_CONFIG:-configs/gpu.json}
python -m pytest -q tests
python -m corpus.fetch corpus/packages.json "$cache"
python -m corpus.fetch corpus/heldout.json "$cache"
python -m corpus.build "$cache" "$out/corpus.jsonl" --config "$config" --report "$out/report.json" --held-out "$out/heldout.bin"
python -m tokenizer.train_tokenizer "$out/corpus.jsonl" "$out/tokenizer.json" --config "$config"
python -m corpus.shards "$out/corpus.jsonl" "$out/shards" --shards "$shards"
for shard in "$out"/shards/*.xz; do
  size=$(wc -c < "$shard")
  if [ "$size" -gt 60817408 ]; then
    echo "$shard is larger than 58 MiB: use more shards" >&2
    exit 1
  fi
done

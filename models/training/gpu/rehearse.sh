#!/bin/sh
# The whole plan on CPU at width 128 (the smallest that the quantiser's blocks allow), with a kill in the middle.
#   sh gpu/rehearse.sh OUT [MINUTES]      OUT as 00-prepare.sh left it, with at least two shards
set -eu
here=$(cd "$(dirname "$0")" && pwd) out=$(cd "$1" && pwd) minutes=${2:-3}
scratch=$(mktemp -d)
# Two threads that wait for each other at every operation are slower than one where others work too.
export OMP_NUM_THREADS=1
export GLASSBOX_IN="$scratch/in" GLASSBOX_WORK="$scratch/work" GLASSBOX_OUT="$scratch/out" GLASSBOX_CONFIG=configs/rehearsal.json GLASSBOX_ENCODER_CONFIG=configs/encoder-rehearsal.json
mkdir -p "$GLASSBOX_IN"
cp "$out/tokenizer.json" "$out/shards/shards.json" "$out/shards/shard-0.jsonl.xz" "$GLASSBOX_IN/"
# What returns from each load comes to lie side by side.
fetch() {
  mkdir -p "$scratch/$1"
  for load in 0 1; do
    sh "$here/06-return.sh" "$1" "$load"
    cp "$GLASSBOX_OUT"/piece* "$scratch/$1/"
  done
}
sh "$here/01-start.sh" "$minutes" 45
cp "$out/shards/shard-1.jsonl.xz" "$GLASSBOX_IN/"
sh "$here/02-shard.sh" 1 40
kill -9 "$(cat "$GLASSBOX_WORK/train.pid")"
sleep 2
sh "$here/03-watch.sh" 600
sh "$here/04-hand-over.sh" 2
kill -9 "$(cat "$GLASSBOX_WORK/encoder.pid")"
fetch decoder
"${PYTHON:-python3}" "$here/pieces.py" join "$scratch/decoder" "$scratch/joined"
cmp "$scratch/joined/model.onnx" "$GLASSBOX_WORK/decoder/model.onnx"
grep -c resumed "$GLASSBOX_WORK/run/log.jsonl"
sh "$here/05-encoder.sh" 600
fetch encoder
"${PYTHON:-python3}" "$here/pieces.py" join "$scratch/encoder" "$scratch/joined-encoder"
cmp "$scratch/joined-encoder/model.onnx" "$GLASSBOX_WORK/encoder/folder/model.onnx"
grep -c resumed "$GLASSBOX_WORK/encoder/log.jsonl"
echo "rehearsal complete"
rm -rf "$scratch"

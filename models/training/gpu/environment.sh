# Sourced by every step. Incoming pieces lie in $GLASSBOX_IN, work in $GLASSBOX_WORK, results to return in $GLASSBOX_OUT.
set -eu
cd "$(dirname "$0")/.."
: "${GLASSBOX_IN:=incoming}" "${GLASSBOX_WORK:=/tmp/glassbox-work}" "${GLASSBOX_OUT:=outgoing}" "${GLASSBOX_CONFIG:=configs/gpu.json}" "${GLASSBOX_ENCODER_CONFIG:=configs/encoder.json}" "${PYTHON:=python3}"
mkdir -p "$GLASSBOX_WORK/shards" "$GLASSBOX_OUT"

# Check a shard against the manifest, then move it in at once: the loaders look for new files while they run.
accept_shard() {
  expected=$("$PYTHON" -c "import json, sys; print(next(e['sha256'] for e in json.load(open(sys.argv[1])) if e['path'] == sys.argv[2]))" "$GLASSBOX_IN/shards.json" "shard-$1.jsonl.xz")
  actual=$(sha256sum "$GLASSBOX_IN/shard-$1.jsonl.xz" | cut -d' ' -f1)
  if [ "$expected" != "$actual" ]; then
    echo "shard-$1: SHA-256 $actual is not the expected $expected" >&2
    return 1
  fi
  cp "$GLASSBOX_IN/shard-$1.jsonl.xz" "$GLASSBOX_WORK/arriving"
  mv "$GLASSBOX_WORK/arriving" "$GLASSBOX_WORK/shards/shard-$1.jsonl.xz"
  echo "shard-$1 in place"
}

# Run in the background, in a process session of its own: what stays in the command's session ends with the command.
#   background NAME COMMAND…
background() {
  name=$1
  shift
  setsid sh -c 'echo $$ > "$0"; exec "$@"' "$GLASSBOX_WORK/$name.pid" "$@" > "$GLASSBOX_WORK/$name.out" 2>&1 < /dev/null &
  sleep 1
}

running() { kill -0 "$(cat "$GLASSBOX_WORK/$1.pid")" 2> /dev/null; }

# Start (or go on with) training; the run's own clock decides when it ends.
start_training() {
  background train "$PYTHON" -m train.train_decoder "$GLASSBOX_CONFIG" "$GLASSBOX_WORK/shards" "$GLASSBOX_WORK/tokenizer.json" "$GLASSBOX_WORK/run" --minutes "$1"
}

training() { running train; }

start_encoder() {
  background encoder "$PYTHON" -m search.train_encoder "$GLASSBOX_ENCODER_CONFIG" "$GLASSBOX_WORK/shards" "$GLASSBOX_WORK/tokenizer.json" "$GLASSBOX_WORK/encoder" --minutes "$1" --after "$GLASSBOX_WORK/run/final.pt"
}

wait_for_encoder() {
  until_second=$(($(date +%s) + $1))
  while running encoder && [ "$(date +%s)" -lt "$until_second" ]; do
    sleep 2
  done
  tail -n 8 "$GLASSBOX_WORK/encoder/log.jsonl" 2> /dev/null || true
  [ -f "$GLASSBOX_WORK/encoder/final.pt" ] || tail -n 20 "$GLASSBOX_WORK/encoder.out"
}

# Lines of the log until the run ends or the seconds are over.
watch_training() {
  until_second=$(($(date +%s) + $1))
  while training && [ "$(date +%s)" -lt "$until_second" ]; do
    sleep 5
  done
  tail -n 6 "$GLASSBOX_WORK/run/log.jsonl" 2> /dev/null || true
  training || tail -n 20 "$GLASSBOX_WORK/train.out"
}

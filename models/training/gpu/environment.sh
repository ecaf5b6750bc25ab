# Sourced by every step. Incoming pieces lie in $GLASSBOX_IN, work in $GLASSBOX_WORK, results to return in $GLASSBOX_OUT.
set -eu
cd "$(dirname "$0")/.."
: "${GLASSBOX_IN:=incoming}" "${GLASSBOX_WORK:=/tmp/glassbox-work}" "${GLASSBOX_OUT:=outgoing}" "${GLASSBOX_CONFIG:=configs/gpu.json}" "${PYTHON:=python3}"
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

# Start (or go on with) training in the background; the run's own clock decides when it ends.
start_training() {
  nohup "$PYTHON" train.py "$GLASSBOX_CONFIG" "$GLASSBOX_WORK/shards" "$GLASSBOX_WORK/tokenizer.json" "$GLASSBOX_WORK/run" --minutes "$1" > "$GLASSBOX_WORK/train.out" 2>&1 &
  echo $! > "$GLASSBOX_WORK/train.pid"
}

training() { kill -0 "$(cat "$GLASSBOX_WORK/train.pid")" 2> /dev/null; }

# Lines of the log until the run ends or the seconds are over.
watch_training() {
  until_second=$(($(date +%s) + $1))
  while training && [ "$(date +%s)" -lt "$until_second" ]; do
    sleep 5
  done
  tail -n 6 "$GLASSBOX_WORK/run/log.jsonl" 2> /dev/null || true
  training || tail -n 20 "$GLASSBOX_WORK/train.out"
}

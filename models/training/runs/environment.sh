# Sourced by every recipe: the folder of the commands, the Python that runs them, and the stages that recipes share.
set -eu
cd "$(dirname "$0")/.."
: "${PYTHON:=python3}" "${NODE:=node}"
# Otherwise glibc gives every large buffer back to the system, and a sixth of the time on a CPU goes into page faults.
export MALLOC_MMAP_THRESHOLD_=1000000000 MALLOC_TRIM_THRESHOLD_=4000000000

# Fetch the pinned packages and build the corpus of a configuration's languages. The report is written last: where it is, the corpus is whole.
#   make_corpus CACHE OUT CONFIG
make_corpus() {
  mkdir -p "$2"
  if [ ! -f "$2/report.json" ]; then
    "$PYTHON" -m corpus.fetch corpus/packages.json "$1"
    "$PYTHON" -m corpus.fetch corpus/heldout.json "$1"
    "$PYTHON" -m corpus.build "$1" "$2/corpus.jsonl" --config "$3" --report "$2/report.json" --held-out "$2/heldout.bin"
  fi
}

# The tokenizer of a decoder from nothing.
#   make_tokenizer OUT CONFIG
make_tokenizer() {
  [ -f "$1/tokenizer.json" ] || "$PYTHON" -m tokenizer.train_tokenizer "$1/corpus.jsonl" "$1/tokenizer.json" --config "$2"
}

# Export a checkpoint and compare what was written with PyTorch.
#   export_and_check CHECKPOINT TOKENIZER FOLDER NAME VERSION
export_and_check() {
  "$PYTHON" -m export.export_decoder "$1" "$2" "$3" --name "$4" --version "$5"
  "$PYTHON" -m export.check_decoder "$1" "$3"
}

# Run a trainer without an end for some minutes at the lowest priority, then ask it for its last checkpoint. The next call goes on from there.
#   train_for MINUTES MODULE ARGUMENTS…
train_for() {
  minutes=$1
  shift
  nice -n 19 timeout --foreground -s TERM "${minutes}m" "$PYTHON" -m "$@" || [ $? -eq 124 ]
}

# Make a finished model of a checkpoint in a folder beside its run, anew where the run has gone on since.
#   finish STEPS RUN BRANCH MODULE ARGUMENTS…
finish() {
  steps=$1 run=$2 branch=$3
  shift 3
  if [ "$run/last.pt" -nt "$branch/last.pt" ]; then rm -rf "$branch"; fi
  nice -n 19 "$PYTHON" -m "$@" "$branch" --branch "$run/last.pt" --steps "$steps"
}

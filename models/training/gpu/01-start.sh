#!/bin/sh
# Minutes 0–5: check the machine and shard 0, prove that training works, start it.
#   sh gpu/01-start.sh MINUTES
. "$(dirname "$0")/environment.sh"
nvidia-smi --query-gpu=name,memory.total --format=csv,noheader 2> /dev/null || echo "no GPU here"
cp "$GLASSBOX_IN/tokenizer.json" "$GLASSBOX_WORK/tokenizer.json"
accept_shard 0
"$PYTHON" -m pytest -q tests/test_train.py -k "heart or plain_one"
start_training "$1"
watch_training "${2:-180}"

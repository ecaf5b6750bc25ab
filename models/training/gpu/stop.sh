#!/bin/sh
# Ask the trainer for a last checkpoint and wait until it has written it.
. "$(dirname "$0")/environment.sh"
kill -TERM "$(cat "$GLASSBOX_WORK/train.pid")"
while training; do sleep 1; done
tail -n 2 "$GLASSBOX_WORK/run/log.jsonl"

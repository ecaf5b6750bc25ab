#!/bin/sh
# Watch; a trainer that died goes on from its last checkpoint, with the clock it had.
#   sh gpu/03-watch.sh SECONDS
. "$(dirname "$0")/environment.sh"
if ! training && [ ! -f "$GLASSBOX_WORK/run/final.pt" ]; then
  echo "the trainer had stopped: resuming"
  start_training 1
fi
watch_training "$1"

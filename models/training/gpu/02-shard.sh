#!/bin/sh
# Minutes 5–11: hand a further shard to the running trainer.
#   sh gpu/02-shard.sh NUMBER [SECONDS TO WATCH]
. "$(dirname "$0")/environment.sh"
accept_shard "$1"
training || start_training 1
watch_training "${2:-60}"

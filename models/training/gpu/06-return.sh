#!/bin/sh
# Put one load of pieces where they are fetched from: four of 15 MiB at most a time.
#   sh gpu/06-return.sh decoder|encoder LOAD
. "$(dirname "$0")/environment.sh"
pieces="$GLASSBOX_WORK/pieces-$1"
rm -f "$GLASSBOX_OUT"/piece-*
cp "$pieces/pieces.json" "$GLASSBOX_OUT/"
for piece in $(ls "$pieces" | grep '^piece-' | tail -n "+$(($2 * 4 + 1))" | head -n 4); do
  cp "$pieces/$piece" "$GLASSBOX_OUT/"
done
ls -l "$GLASSBOX_OUT"

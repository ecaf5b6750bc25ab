#!/bin/sh
# Put one load of pieces where they are fetched from: four of 16 MiB at most a time.
#   sh gpu/05-return.sh LOAD
. "$(dirname "$0")/environment.sh"
rm -f "$GLASSBOX_OUT"/piece-*
cp "$GLASSBOX_WORK/pieces/pieces.json" "$GLASSBOX_OUT/"
for piece in $(ls "$GLASSBOX_WORK/pieces" | grep '^piece-' | tail -n "+$(($1 * 4 + 1))" | head -n 4); do
  cp "$GLASSBOX_WORK/pieces/$piece" "$GLASSBOX_OUT/"
done
ls -l "$GLASSBOX_OUT"

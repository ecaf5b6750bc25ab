#!/bin/sh
# Put another decoder in the place of the embedded one, with all that is made from it.
#   runs/replace-decoder.sh CHECKPOINT.pt TOKENIZER.json NAME VERSION COPIES_FROM
set -eu
cd "$(dirname "$0")/.."
checkpoint=$1 tokenizer=$2 name=$3 version=$4 copies_from=$5
python=${PYTHON:-python3} fixtures=../../test/fixtures/model
sources="../../sample/src/library.ts ../../sample/src/server.js ../../sample/tools/report.py ../../test/fixtures/code/scheduler.ts model/decoder.py"
"$python" -m export.export_decoder "$checkpoint" "$tokenizer" ../decoder --name "$name" --version "$version" --copies-from "$copies_from"
"$python" -m export.check_decoder "$checkpoint" ../decoder
"$python" -m export.write_fixtures layout ../decoder/tokenizer.json "$fixtures/layout.json" $sources
"$python" -m export.write_fixtures places ../decoder/tokenizer.json "$fixtures/places.json" $sources
"$python" -m export.write_fixtures logits "$checkpoint" ../decoder "$fixtures/logits.json" $sources
"$python" -m export.write_fixtures attention ../decoder "$fixtures/attention.json" $sources
"$python" -m export.write_fixtures values ../decoder "$fixtures/values.json" "$fixtures/attention.json"

/** The command line was not understood; the sentence says what is wrong with it. */
export class UsageError extends Error {}

export const usage = `Usage:
  glassbox complete PATH:LINE:COLUMN [options]
      Completes a file at a cursor and prints what the editor would show.
      LINE and COLUMN count from 1; columns are UTF-16 units, as the editor counts them.
      --json              print everything: tokens with log-probabilities, timings, the reason when nothing is shown

  glassbox complete --batch [options]
      Reads {"id","prefix","suffix","path","mode"} as JSON, one a line, from standard input, and writes
      {"id","text","logprob","confidence","timings"} or {"id","error":{"code","message"}}, one a line, in that order.
      "replaces" is there when the text takes the place of that many characters after the cursor,
      "reason" when the editor would show nothing.

  glassbox replay PATH… [options]
      Types three stretches of each file character by character, with the brackets and quotes that the editor closes
      by itself, and reports how many tokens of the prompt had to be run again and how long it took, per key.
      --keys N            characters in a stretch (300)
      --json              print as JSON

Options:
  --model FOLDER          model folder; the embedded one if absent
  --mode line|block       where a completion ends (line)
  --max-tokens N          longest completion (as in the editor; 1 for replay)
  --threads N             threads of the engine; 0 for automatic (0)
  --help                  print this

Exit codes: 0 done, 1 failed, 2 not understood.
`;

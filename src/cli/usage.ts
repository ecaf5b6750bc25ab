/**
 * The help text of the command line and the error for wrong usage; printed by `main.ts`, thrown by the argument
 * parsers.
 */

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

  glassbox summarize PATH[:FROM-TO] [options]
      Says in words what a file, or some of its lines, does. Lines count from 1; a symbol's lines mean that symbol.
      --mode MODE         sentence: one sentence (for lines); paragraph: a few; parameters: one sentence, and what the
                          source says is taken and given back; outline: a line a symbol, then one for the file (for files)
      --json              print everything: who says what, names that the code does not have, parameters

  glassbox summarize --batch [options]
      Reads {"id","code","path"} as JSON, one a line, from standard input, and writes {"id","text"} or
      {"id","error":{"code","message"}}, one a line, in that order. "problem" is there when the model's text is unusable.

  glassbox replay PATH… [options]
      Types three stretches of each file character by character, with the brackets and quotes that the editor closes
      by itself, and reports how many tokens of the prompt had to be run again and how long it took, per key, and for
      the first key of a stretch by itself. Prompts are as long as the editor's on this machine.
      --keys N            characters in a stretch (300)
      --json              print as JSON

  glassbox embed --batch [options]
      Reads {"id","text"} as JSON, one a line, from standard input, and writes {"id","vector"} or
      {"id","error":{"code","message"}}, one a line, in that order. Vectors have length 1. The model has to be an encoder.
      --query             the texts are questions; without it they are what is searched

  glassbox index FOLDER [options]
      Makes the index of a folder, or brings it up to date. It is kept with the user's caches, never in the folder.
      What git ignores and what .glassboxignore names is left out, and so are files that usually hold secrets.
      --rebuild           forget the old one first; vectors that are known are kept
      --verify            then read the whole index and fail if anything in it does not fit together
      --json              print as JSON

  glassbox search QUERY [options]
      Finds code by words and meaning and prints [{"path","from","to","symbol","score","why"}], best first.
      QUERY may hold lang:ts path:src/ -path:test symbol:fetch kind:class /retr(y|ies)/ and "exactly this". What there
      is to say about it, as that no file has a language, goes to standard error.
      --in FOLDER         where to search; it has to be indexed (the current folder)
      --top N             how many answers at most (10)
      --lexical           by words alone
      --dense             by meaning alone
      --hybrid            by both (so it is by default)
      --json              print as JSON

  glassbox search --batch [options]
      Reads {"id","query","top"} as JSON, one a line, from standard input, and writes
      {"id","hits":[{"path","from","to","symbol","score"}]} or {"id","error":{"code","message"}}, one a line, in that
      order; with "remarks", sentences, where there is something to say about the query. "top" may be left out.
      Options as above.

  glassbox attend PATH[:FROM-TO] [options]
  glassbox attend PATH:LINE:COLUMN [options]
      Runs lines of a file through a model, or a completion with its prompt, and prints which lines the tokens read.
      --layer N           of one layer, counted from 0 (all)
      --head N            one head of that layer, counted from 0
      --aggregate A       over heads: mean, max, value-weighted or rollout (value-weighted)
      --json              print tokens with their UTF-16 ranges in the file, and what each read, as numbers
      --npy FILE          write what each token read, as a NumPy array of float32 [tokens, tokens]
      --png FILE          write it as a picture, a pixel for each pair of tokens, brightness by the square root
      --html FILE         write everything, all heads included, as a page that any browser opens: the attention panel
      --session FILE      write the recording in that page alone, packed
      --model, --threads  as below

  glassbox similar "QUESTION" PATH[:FROM-TO] [options]
      Says why a search would find lines of a file for a question: a model reads both apart, and their likeness is
      split exactly into pairs of tokens. Prints what each token of the question adds to it, and which lines do.
      --json              print the score, tokens with their UTF-16 ranges, and the pairs as numbers
      --npy FILE          write the pairs, as a NumPy array of float32 [tokens of the question, tokens of the code]
      --html FILE         write everything as a page that any browser opens
      --session FILE      write the recording in that page alone, packed
      --model FOLDER      an encoder, or a table of token vectors (the embedded table)
      --threads           as below

  glassbox similar --batch [options]
      Finds code like a place of the indexed folder, with the lines around it, or like a text: reads {"id","path","line"}
      or {"id","text"}, and "top", one a line, and writes what search --batch writes. Options as those of search.

  glassbox next-edit --before A --after B [options]
      Takes what differs between two versions of a file for edits made from the top. Where the last of them repeats an
      earlier one, prints where it would be made next, the likeliest first, as JSON, one a line:
      {"path","range","text","confidence","why"}. Lines and columns count from 1. Nothing is changed, and no model runs.
      --in FOLDER         look into the files around B, too, as far as this folder goes

  glassbox doctor [options]
      Opens the models and prints what there is to know of versions, devices, models, processes, storage and failures,
      as Markdown for an issue. It names no path and no file.

Options of complete, doctor, embed, summarize and replay:
  --model FOLDER          model folder; the embedded one if absent
  --mode line|block|auto  where a completion ends (line)
  --no-copying            the model alone completes: nothing is copied from the file and those around it
  --max-tokens N          longest completion (as in the editor; 1 for replay)
  --threads N             threads of the engine; 0 for automatic (0)
  --device NAMES          auto, cpu, or webgpu, dml, coreml, cuda in the order they are tried in (auto)
  --help                  print this

Exit codes: 0 done, 1 failed, 2 not understood.
`;

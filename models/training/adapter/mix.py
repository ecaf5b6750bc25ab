"""What an adapter is trained on: rows of places to complete, and plain rows that keep what the base can do.

Every row is a pure function of (seed, number, phase), as in data/batches.py, so that a killed run resumes with the rows it would have
seen. A row of places holds trees (trees.py) and functions with the first sentence of their documentation; a plain row holds
code from left to right and turns of a chat.
"""

import random
from dataclasses import replace

from adapter.gaps import Gap, find_gap
from adapter.trees import Row, Tree, pack
from data import layout
from data.batches import SMALLEST_ROOM, Budget, Corpus, Mixer, fit_end, fit_start
from data.layout import Document, Encode, Sample

DOCUMENTATION = {"train": 0.12, "decay": 0.15}
"""Share of the documents of a row of places."""
CHAT, HEADED = 0.22, 0.3
"""Of a plain row: share of turns of a chat; how often a file without context has its path in front all the same."""
PREFIX, PLAIN = 0.3, 0.25
"""Loss weights of the text right before the cursor, and of code from left to right."""
PREFIX_TOKENS = 128
"""So many tokens of a prefix have a loss: reading out all of it would cost a fifth of a step."""
CURSORS = 7
SHORT, WHOLE = 24, 0.4
"""Tokens of a longer middle that a branch keeps; how often it keeps the whole."""
SHORTEST_TOTAL = 320
SYSTEM = (
    "You describe source code precisely.", "You are a helpful AI assistant named SmolLM, trained by Hugging Face", "You explain what code does.",
)
ASKS = (
    "What does this code do? Answer with one sentence.", "Describe the following code in one sentence.", "Summarize this function:",
    "Write the first sentence of the documentation of this code.", "Explain in a sentence what the code below does.",
)


class AdapterMixer:
    """Draws rows from a corpus. `talk`: conversations, lists of (role, text), that the base has had."""

    def __init__(self, corpus: Corpus, encode: Encode, budget: Budget, talk: list[list[tuple[str, str]]] | None = None):
        self.corpus, self.encode, self.budget, self.talk = corpus, encode, budget, talk or []
        self.plain = Mixer(corpus, encode, budget)

    def branch(self, gap: Gap, sample: Sample, cursor, phase: str, choose: random.Random) -> Document | None:
        """What stands behind the prefix of a sample: the rest, and the middle with its end, or its beginning where it is long."""
        document = Document()
        if sample.rest:
            document.special("rest", self.encode)
            document.add(self.encode(sample.rest), 0.0)
        layout.with_middle(document, sample, self.encode, 1.0)
        length = len(document.ids) - document.middle
        if length <= SHORT or (length <= self.budget.middle and choose.random() < WHOLE):
            return document
        line = sample.middle.find("\n")
        kept = max(SHORT, len(self.encode(sample.middle[: line + 1])) if line >= 0 else 0)
        end = document.middle + min(kept, self.budget.middle, length - 1)
        document.ids, document.weights = document.ids[:end], document.weights[:end]
        return document

    def places(self, entry: dict, phase: str, choose: random.Random, room: int) -> Tree | None:
        """A gap of a file with all its cursors, in at most `room` tokens."""
        gap = find_gap(entry["text"], choose, CURSORS)
        if gap is None:
            return None
        text, encode, share = entry["text"], self.encode, room / self.budget.total
        mixer = self.plain.fitting(room)
        suffix = "" if gap.kind == "end of file" else fit_end(text[gap.end + 1 :], choose.randint(16, max(17, int(self.budget.suffix * share))), encode)
        front = Sample(entry["path"], suffix, "", "", "", mixer.context(entry, choose))
        tails = [
            (cursor.at, self.branch(gap, replace(front, rest=cursor.rest[:120], middle=text[cursor.at : cursor.end]), cursor, phase, choose))
            for cursor in gap.cursors
        ]
        trunk = layout.completion(front, encode)
        head = trunk.ids[: trunk.middle - 1]
        # A branch may have to write the last tokens of its prefix anew: they are counted for each.
        left = room - len(head) - sum(len(tail.ids) + 4 for _, tail in tails)
        last = tails[-1][0]
        begin = last - len(fit_start(text[:last], left, encode))
        tails = [(at, tail) for at, tail in tails if at >= begin]
        if not tails or (begin == last and begin > 0 and text[begin - 1] != "\n"):
            return None
        prefix = encode(text[begin:last])
        silent = max(0, len(prefix) - PREFIX_TOKENS)
        whole = Document(head + prefix, [0.0] * (len(head) + silent) + [PREFIX] * (len(prefix) - silent))
        tree = Tree(whole)
        for at, tail in tails:
            own = encode(text[begin:at])
            shared = next((n for n, (mine, theirs) in enumerate(zip(own, prefix)) if mine != theirs), min(len(own), len(prefix)))
            between = own[shared:]
            joined = Document(between + tail.ids, [0.0] * len(between) + tail.weights, len(between) + tail.middle)
            tree.branches.append((len(head) + shared, joined))
        return tree if len(tree) <= room else None

    def documentation(self, phase: str, choose: random.Random, room: int) -> Tree | None:
        entry = self.corpus.documented_file(choose)
        if not entry["docs"]:
            return None
        chosen = choose.choice(entry["docs"])
        code = fit_end("".join(entry["text"][start:end] for start, end in chosen["code"]), room - 120, self.encode)
        made = layout.documentation(entry["path"], code, chosen["sentence"], self.encode)
        made.weights = [weight if at >= made.middle else 0.0 for at, weight in enumerate(made.weights)]
        return Tree(made) if len(made.ids) <= room else None

    def code(self, choose: random.Random, room: int) -> Tree:
        """Code from left to right, as the product shows it to a model that knows no layout: other files only with their names."""
        entry = self.corpus.file(choose)
        text = entry["text"]
        start = text.rfind("\n", 0, choose.randrange(len(text))) + 1
        context = self.plain.fitting(room).context(entry, choose)
        window = text[start : start + room * 4]
        if context or choose.random() < HEADED:
            made = layout.left_to_right(entry["path"], window, self.encode, context)
        else:
            made = Document()
            made.add(self.encode(window), 1.0)
        return Tree(Document(made.ids[:room], [PLAIN * weight for weight in made.weights[:room]]))

    def chat(self, choose: random.Random, room: int) -> Tree | None:
        """A conversation in the base's own form; without those of the base, about a documented function."""
        if self.talk and choose.random() < 0.7:
            turns, weight = choose.choice(self.talk), PLAIN
        else:
            entry = self.corpus.documented_file(choose)
            if not entry["docs"]:
                return None
            chosen = choose.choice(entry["docs"])
            code = fit_end("".join(entry["text"][start:end] for start, end in chosen["code"]), room - 200, self.encode)
            ask = f"{choose.choice(ASKS)}\n\n```{entry['language']}\n{code}\n```"
            turns, weight = [("system", choose.choice(SYSTEM)), ("user", ask), ("assistant", chosen["sentence"])], PLAIN
        document = Document()
        for role, text in turns:
            document.special("turn", self.encode)
            document.add(self.encode(f"{role}\n"), 0.0)
            said = weight if role == "assistant" else 0.0
            document.add(self.encode(text), said)
            document.special("endOfTurn", self.encode, said)
            document.add(self.encode("\n"), 0.0)
        return Tree(document) if len(document.ids) <= room else None

    def row(self, seed: int, number: int, phase: str, kind: str) -> Row:
        """The row of a number; `kind` is "places" or "plain"."""
        choose = random.Random(f"{seed} {number} {phase} {kind}")
        trees, room = [], self.budget.total
        while room >= SMALLEST_ROOM:
            length = min(room, choose.randint(SHORTEST_TOTAL, self.budget.total))
            if kind == "plain":
                made = self.chat(choose, room) if choose.random() < CHAT else self.code(choose, length)
            elif choose.random() < DOCUMENTATION[phase]:
                made = self.documentation(phase, choose, length)
            else:
                made = self.places(self.corpus.file(choose), phase, choose, length)
            if made:
                trees.append(made)
                room -= len(made)
        return pack(trees, kind == "plain")

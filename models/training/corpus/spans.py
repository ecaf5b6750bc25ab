"""Places in a file worth completing or documenting, computed once per file with its syntax tree."""

import ast
import random
import re

import tree_sitter_bash
import tree_sitter_c
import tree_sitter_c_sharp
import tree_sitter_cpp
import tree_sitter_css
import tree_sitter_go
import tree_sitter_html
import tree_sitter_java
import tree_sitter_javascript
import tree_sitter_json
import tree_sitter_markdown
import tree_sitter_python
import tree_sitter_rust
import tree_sitter_typescript
from tree_sitter import Language, Node, Parser

GRAMMARS = {
    "typescript": tree_sitter_typescript.language_typescript, "tsx": tree_sitter_typescript.language_tsx,
    "javascript": tree_sitter_javascript.language, "python": tree_sitter_python.language, "go": tree_sitter_go.language,
    "rust": tree_sitter_rust.language, "java": tree_sitter_java.language, "c": tree_sitter_c.language, "cpp": tree_sitter_cpp.language,
    "csharp": tree_sitter_c_sharp.language, "shell": tree_sitter_bash.language, "json": tree_sitter_json.language,
    "css": tree_sitter_css.language, "html": tree_sitter_html.language, "markdown": tree_sitter_markdown.language,
}
PARSERS = {name: Parser(Language(grammar())) for name, grammar in GRAMMARS.items()}
JSDOC_LANGUAGES = {"typescript", "tsx", "javascript", "java"}
FUNCTIONS = {
    "function_declaration", "generator_function_declaration", "method_definition", "export_statement", "lexical_declaration",
    "public_field_definition", "method_signature", "class_declaration", "interface_declaration", "abstract_class_declaration",
    "method_declaration", "constructor_declaration", "enum_declaration",
}
SPANS, TRIES = 8, 40
SPAN_LENGTH = range(8, 500)
CODE_LENGTH = range(40, 2500)
JSDOC = re.compile(r"/\*\*(?!/)(.*?)\*/[ \t]*\n", re.S)
STAR = re.compile(r"^[ \t]*\*? ?", re.M)
SENTENCE = re.compile(r"\A(.{12,200}?[.!?])(?:\s|\Z)|\A(.{12,200})\Z", re.S)


def characters(text: str):
    """Byte offset in UTF-8 → character offset; the identity for ASCII."""
    if text.isascii():
        return lambda offset: offset
    encoded = text.encode()
    return lambda offset: len(encoded[:offset].decode(errors="ignore"))


def syntax_spans(text: str, root: Node, seed: int) -> list[tuple[int, int]]:
    """Up to 8 nodes of 8–499 characters around random places, as character ranges."""
    choose, at, size = random.Random(seed), characters(text), root.end_byte
    found: set[tuple[int, int]] = set()
    for _ in range(TRIES):
        place = choose.randrange(max(1, size - 1))
        node = root.named_descendant_for_byte_range(place, place)
        chain = []
        while node is not None and node.parent is not None:
            if node.end_byte - node.start_byte in SPAN_LENGTH:
                chain.append(node)
            node = node.parent
        if chain:
            node = choose.choice(chain)
            found.add((at(node.start_byte), at(node.end_byte)))
        if len(found) == SPANS:
            break
    return sorted(found)


def first_sentence(documentation: str) -> str | None:
    """The first sentence of the first paragraph on one line, or None if there is none worth learning."""
    paragraph = re.split(r"\n\s*\n|\n\s*@|\n\s*:param|\n\s*Args:", documentation.strip(), maxsplit=1)[0]
    flat = re.sub(r"\s+", " ", paragraph).strip()
    match = SENTENCE.match(flat)
    if not match:
        return None
    sentence = (match.group(1) or match.group(2)).strip()
    odd = sentence.startswith(("@", "<", "-", "#", ":")) or re.search(r"https?://|TODO|eslint|istanbul|ts-ignore|copyright", sentence, re.I)
    return None if odd or sum(map(str.isalpha, sentence)) < 0.6 * len(sentence) else sentence


def script_docs(text: str, root: Node) -> list[dict]:
    """JSDoc blocks and the declarations after them: {code: [[start, end]], sentence}."""
    at, found = characters(text), []
    encoded = text.encode()
    for block in JSDOC.finditer(text):
        sentence = first_sentence(STAR.sub("", block.group(1)))
        if not sentence:
            continue
        line = block.end()
        offset = len(text[:line].encode())
        while offset < len(encoded) and encoded[offset : offset + 1] in (b" ", b"\t", b"\n"):
            offset += 1
        node = root.named_descendant_for_byte_range(offset, offset + 1)
        while node is not None and not (node.type in FUNCTIONS and node.start_byte == offset):
            node = node.parent if node.parent is not None and node.parent.start_byte == offset else None
        if node is not None and node.end_byte - offset in CODE_LENGTH:
            found.append({"code": [[line, at(node.end_byte)]], "sentence": sentence})
    return found


def python_docs(text: str) -> list[dict]:
    """Functions and classes with a docstring: {code: [[before it], [after it]], sentence}."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return []
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) or len(node.body) < 2:
            continue
        documentation = ast.get_docstring(node)
        sentence = first_sentence(documentation) if documentation else None
        if not sentence:
            continue
        first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
        before = [starts[first - 1], starts[node.body[0].lineno - 1]]
        after = [starts[node.body[0].end_lineno], min(starts[node.end_lineno], len(text))]
        if before[1] - before[0] + after[1] - after[0] in CODE_LENGTH:
            found.append({"code": [before, after], "sentence": sentence})
    return found


def annotate(text: str, language: str, seed: int) -> dict:
    """{spans: [[start, end]], docs: [{code, sentence}]} of one file, in character offsets."""
    root = PARSERS[language].parse(text.encode()).root_node
    docs = python_docs(text) if language == "python" else script_docs(text, root) if language in JSDOC_LANGUAGES else []
    return {"spans": syntax_spans(text, root, seed), "docs": docs}

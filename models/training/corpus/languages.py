"""Names of languages as the corpus states them, and the families in which they are mixed."""


def family(language: str) -> str:
    """TSX is drawn together with TypeScript."""
    return "typescript" if language == "tsx" else language

"""Reads the C++ files of the project: their folders, includes and functions. Used by scripts/check-layers and
scripts/shape."""

import dataclasses
import pathlib
import re

QUOTED = re.compile(r'^\s*#\s*include\s*"([^"]+)"')

# A block behind one of these belongs to what stands around it.
NOT_A_FUNCTION = re.compile(r"^\s*(?:\[\[\w+\]\]\s*)?(?:if|for|while|switch|do|else|try|catch)\b|\bnamespace\b")
TOKENS = re.compile(
    r"""//[^\n]*|/\*.*?\*/|R"(?P<mark>[^(]*)\(.*?\)(?P=mark)"|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])'|^[ \t]*\#(?:\\\n|[^\n])*|[{};]""",
    re.S | re.M)


@dataclasses.dataclass
class Function:
    file: str  # below the folder that was read
    line: int
    lines: int  # from the first line of its head to its closing brace
    name: str


def find_sources(folder):
    """All headers and sources below `folder`, sorted."""
    return sorted(path for path in pathlib.Path(folder).rglob("*") if path.suffix in (".h", ".cc"))


def room_of(name):
    """The folder of src/ that a file belongs to."""
    return name.split("/", 1)[0]


def includes_of(text):
    """What a file includes between quotes."""
    return [found.group(1) for found in map(QUOTED.match, text.splitlines()) if found]


def opens_function(head):
    """Whether the text before a brace is the head of a function: it has parentheses, all of them closed, and gives no
    variable its value."""
    if "(" not in head or head.count("(") != head.count(")") or NOT_A_FUNCTION.search(head):
        return False
    before = head.split("(", 1)[0]
    return "=" not in before or "operator" in before


def functions_of(text, file):
    """The functions of a file that clang-format has laid out; lambdas count in the function around them."""
    functions = []
    depth = 0
    inside = None  # (depth, offset of the head, head) of the function around this place
    begin = 0  # where the head of the next block may begin
    blank = []  # what was read since then, comments and strings left out
    last = 0
    for token in TOKENS.finditer(text):
        blank.append(text[last:token.start()])
        last = token.end()
        if token.group() not in "{};":
            continue
        if token.group() == "{":
            head = "".join(blank)
            if inside is None and opens_function(head):
                inside = (depth, begin, head)
            depth += 1
        elif token.group() == "}":
            depth -= 1
            # A member may be initialized between braces, and the body comes behind it.
            if inside is not None and inside[0] == depth and not re.match(r"\s*[,{]", text[token.end():]):
                functions.append(measure(text, file, inside[1], inside[2], token.end()))
                inside = None
        begin = token.end()
        blank = []
    return functions


def measure(text, file, begin, head, end):
    """A function between two offsets: blanks, comments and directives in front of it do not count."""
    first = next((line for line in head.splitlines() if line.strip()), "").strip()
    start = text.find(first, begin) if first else begin
    name = re.search(r"([\w:~]+|operator\s*\S+)\s*\(", " ".join(head.split()))
    return Function(file, text.count("\n", 0, start) + 1, text.count("\n", start, end) + 1,
                    name.group(1) if name else "?")

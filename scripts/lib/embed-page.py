"""Writes the listing page's style and script into a C++ source, so that the program needs no files beside it. Called by
the build of src/listings.

usage: embed-page.py OUTPUT STYLE FILTER SCRIPT...      (the scripts behind FILTER are joined in the order given)
"""

import hashlib
import pathlib
import sys


def literal(text):
    """A raw string literal; its delimiter must not occur in the text."""
    assert ')page"' not in text
    return f'R"page({text})page"'


def asset(name, paths):
    text = "\n".join(pathlib.Path(path).read_text(encoding="utf-8") for path in paths)
    tag = hashlib.sha256(text.encode()).hexdigest()[:16]
    return f'const PageAsset {name}{{{literal(text)},\n"\\"{tag}\\""}};\n'


output, style, filter_script, *scripts = sys.argv[1:]
pathlib.Path(output).write_text(
    '// Made by scripts/lib/embed-page.py out of src/listings/page/.\n#include "listings/page_assets.h"\n\n'
    "namespace listings {\n\n" + asset("page_style", [style]) + "\n" + asset("page_script", scripts) + "\n" +
    asset("page_filter", [filter_script]) +
    "\n}  // namespace listings\n", encoding="utf-8")

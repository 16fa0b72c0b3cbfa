"""Runs the browser cases against one godwit, prints each and "N passed, N failed". Called by scripts/browser-test.

usage: run.py GODWIT [WORD...]      (only cases whose name has one of the words)
"""

import importlib
import sys
import time
import traceback

from case import CASES, Skipped
from served_site import Site

for module in ("listing_cases", "form_cases", "upload_cases", "reading_cases", "sign_in_cases",
               "share_cases"):
    importlib.import_module(module)


def run(name, function):
    started = time.monotonic()
    try:
        function()
    except Skipped as reason:
        print(f"skip  {name}: {reason}", flush=True)
        return None
    except Exception as error:  # a driver that fails is a case that fails
        print(f"FAIL  {name}\n      {error}", flush=True)
        if not isinstance(error, AssertionError):
            traceback.print_exc(file=sys.stdout)
        return False
    print(f"ok    {name} ({time.monotonic() - started:.1f} s)", flush=True)
    return True


Site.program = sys.argv[1]
words = sys.argv[2:]
chosen = [(name, function) for name, function in CASES if not words or any(word in name for word in words)]
results = [run(name, function) for name, function in chosen]
print(f"{results.count(True)} passed, {results.count(False)} failed")
sys.exit(0 if results.count(False) == 0 and results.count(True) > 0 else 1)

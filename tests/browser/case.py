"""How browser cases are named, collected and checked."""

CASES = []


def case(name):
    """Marks a function as a case; the name says what must hold."""

    def add(function):
        CASES.append((name, function))
        return function

    return add


class Skipped(Exception):
    """What the case needs is not there; says what."""


def check(holds, what):
    if not holds:
        raise AssertionError(what)


def check_equal(got, wanted, what):
    if got != wanted:
        raise AssertionError(f"{what}: wanted {shortened(wanted)}, got {shortened(got)}")


def shortened(value):
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:200]}… ({len(text)} characters)"


def check_quiet(browser):
    """Nothing was interpreted: no dialog opened, and the console has neither an error nor a violation of the policy."""
    check(not browser.has_dialog(), "a dialog of the browser's is open")
    # The browser asks for the icon on its own, and says when a page that nobody touched may not keep a visitor.
    lines = [line for line in browser.take_console() if "favicon.ico" not in line and "beforeunload" not in line]
    check_equal(lines, [], "the console")


def noise(length, seed=1):
    """Bytes without a pattern that a lost or doubled block could hide in; the same for the same seed."""
    import random

    return random.Random(seed).randbytes(length)

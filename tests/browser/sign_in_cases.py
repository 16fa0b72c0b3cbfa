"""Signing in and out in a browser, and what that does to an upload under way."""

import pathlib
import subprocess
import tempfile

from case import Skipped, case, check, check_equal, noise
from served_site import Site
from upload_cases import MEGABYTE, bytes_patched, prepare, throttle, transfer, wait_for_state
from webdriver import Browser

PASSWORD = "correct horse"


class UsersSite(Site):
    """With a user, alice, and lines of --grant."""

    def __init__(self, *grants):
        self.users = pathlib.Path(tempfile.mkdtemp(prefix="godwit-users-")) / "users"
        made = subprocess.run([self.program, "passwd", str(self.users), "alice"], input=PASSWORD + "\n", text=True,
                              capture_output=True, check=False)
        if made.returncode != 0:
            raise Skipped("this build has no libxcrypt")
        super().__init__("--users", str(self.users), *(word for line in grants for word in ("--grant", line)))


def sign_in(browser, site, path):
    """At a folder that nobody may see who has not signed in."""
    browser.open(site.url(path))
    check_equal(browser.title, "Sign in", "the page in place of the folder")
    browser.find("#name").send_keys("alice")
    browser.find("#password").send_keys(PASSWORD)
    browser.find("button.main").click()
    browser.wait_for("the folder", lambda: browser.title == path)
    browser.take_console()  # which has the 401 of the page for signing in


@case("sign-in: a browser signs in and out, and is told of a wrong password")
def in_and_out():
    with UsersSite("/private alice read list") as site, Browser() as browser:
        site.write("private/a.txt", b"a")
        browser.open(site.url("/private/"))
        browser.find("#name").send_keys("alice")
        browser.find("#password").send_keys("wrong")
        browser.find("button.main").click()
        browser.wait_for("what was wrong", lambda: "wrong" in browser.find("main").text)
        sign_in(browser, site, "/private/")
        check("Signed in as" in browser.find(".visitor").text, "the page says who signed in")
        browser.find(".visitor button").click()
        browser.wait_for("the page for signing in", lambda: browser.title == "Sign in")
        browser.open(site.url("/private/a.txt"))
        check_equal(browser.title, "Sign in", "a file after signing out")


@case("sign-in: an upload whose user was signed out meanwhile goes on after signing in again")
def signed_out_meanwhile():
    with UsersSite("/private alice read list create") as site, Browser() as browser:
        (site.root / "private").mkdir()
        files = {"long.bin": noise(48 * MEGABYTE)}
        [path] = prepare(site, files)
        sign_in(browser, site, "/private/")
        throttle(browser, 10 * MEGABYTE)
        browser.find("#upload input").send_keys(str(path))
        browser.wait_for("a beginning", lambda: transfer(browser, "long.bin").get("sent", 0) > 4 * MEGABYTE)
        # As by the button in another tab. The slice under way still counts, and the next one does not.
        browser.run_async("const done = arguments[arguments.length - 1];"
                          "fetch('/.godwit/sign-out', {method: 'POST', body: new URLSearchParams({to: '/'})})"
                          ".then(() => done(true));")
        wait_for_state(browser, "long.bin", "failed")
        check("sign in again" in transfer(browser, "long.bin")["text"], "the page says what helps")
        check_equal(site.read("private/long.bin"), None, "the file")
        sign_in(browser, site, "/private/")
        wait_for_state(browser, "long.bin", "unfinished")
        before = bytes_patched(site)
        throttle(browser, -1)
        browser.find("#upload input").send_keys(str(path))
        wait_for_state(browser, "long.bin", "stored")
        check(bytes_patched(site) - before < len(files["long.bin"]) - 20 * MEGABYTE, "it went on where it was")
        check(site.read("private/long.bin") == files["long.bin"], "the bytes")

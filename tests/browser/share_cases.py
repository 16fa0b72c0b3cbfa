"""Share links in a browser: made by the buttons of a page, opened by somebody without a name, revoked."""

import pathlib
import subprocess
import tempfile

from case import Skipped, case, check, check_equal, check_quiet
from served_site import Site
from webdriver import Browser

PASSWORD = "correct horse"


class SharingSite(Site):
    """Everything is alice's, who may share."""

    def __init__(self):
        self.users = pathlib.Path(tempfile.mkdtemp(prefix="godwit-users-")) / "users"
        made = subprocess.run([self.program, "passwd", str(self.users), "alice"], input=PASSWORD + "\n", text=True,
                              capture_output=True, check=False)
        if made.returncode != 0:
            raise Skipped("this build has no libxcrypt")
        super().__init__("--users", str(self.users), "--grant", "/ alice read list share")
        self.write("plans/page.html", b'<!doctype html><title>plan</title><img src="bird.svg">')
        self.write("plans/bird.svg", b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="7"/>')
        self.write("secret.txt", b"secret")


def sign_in(browser, site):
    browser.open(site.url("/plans/"))
    browser.find("#name").send_keys("alice")
    browser.find("#password").send_keys(PASSWORD)
    browser.find("button.main").click()
    browser.wait_for("the folder", lambda: browser.title == "/plans/")
    browser.take_console()  # which has the 401 of the page for signing in


def made_link(browser):
    browser.wait_for("the link", lambda: browser.title == "Share link")
    return browser.find("input[readonly]").property("value")


def share_and_open(javascript):
    with SharingSite() as site, Browser(javascript=javascript) as maker, Browser(javascript=javascript) as stranger:
        sign_in(maker, site)
        maker.find("button[formaction='./page.html?share']").click()
        file_link = made_link(maker)
        maker.find("a[href='/plans/']").click()
        maker.wait_for("the folder", lambda: maker.title == "/plans/")
        maker.find("#share button").click()
        folder_link = made_link(maker)
        check_quiet(maker)

        stranger.open(site.url("/plans/page.html"))
        check_equal(stranger.title, "Sign in", "a stranger without a link")
        stranger.open(file_link)
        check_equal(stranger.title, "plan", "the file by its link")
        stranger.open(site.url("/plans/bird.svg"))
        check_equal(stranger.title, "Sign in", "another file")
        stranger.open(folder_link)
        check_equal(stranger.title, "/plans/", "the folder by its link")
        stranger.take_console()
        stranger.find("a[href='page.html']").click()
        stranger.wait_for("the page", lambda: stranger.title == "plan")
        check_equal(stranger.find("img").property("naturalWidth"), 9, "the picture on the page")
        check_quiet(stranger)
        stranger.open(site.url("/secret.txt"))
        check_equal(stranger.title, "Sign in", "what is beside the folder")

        maker.open(site.url("/.godwit/shares"))
        for left in (1, 0):
            maker.find("button[name=revoke]").click()
            maker.wait_for("one link less", lambda: len(maker.find_all("button[name=revoke]")) == left)
        check("You have none" in maker.find("main").text, "the list is not empty")
        stranger.open(site.url("/plans/page.html"))
        check_equal(stranger.title, "Sign in", "the folder's cookie after its link was revoked")


@case("share: links are made by buttons, opened by strangers, and revoked")
def share_with_scripts():
    share_and_open(javascript=True)


@case("share: all of it works without scripts")
def share_without_scripts():
    share_and_open(javascript=False)

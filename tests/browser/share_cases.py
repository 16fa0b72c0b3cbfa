"""Share links in a browser: made by the buttons of a page, opened by somebody without a name, revoked."""

from case import case, check, check_equal, check_quiet
from sign_in_cases import UsersSite, sign_in
from webdriver import Browser


class SharingSite(UsersSite):
    """Everything is alice's, who may share."""

    def __init__(self):
        super().__init__("/ alice read list share")
        self.write("plans/page.html", b'<!doctype html><title>plan</title><img src="bird.svg">')
        self.write("plans/bird.svg", b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="7"/>')
        self.write("secret.txt", b"secret")


class DroppingSite(UsersSite):
    """A folder of alice's, who may let others add files to it."""

    def __init__(self):
        super().__init__("/box alice read list create share")
        self.write("box/taken.txt", b"first")


def made_link(browser):
    browser.wait_for("the link", lambda: browser.title == "Share link")
    return browser.find("input[readonly]").property("value")


def share_and_open(javascript):
    with SharingSite() as site, Browser(javascript=javascript) as maker, Browser(javascript=javascript) as stranger:
        sign_in(maker, site, "/plans/")
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


def drop_by_link(javascript):
    with DroppingSite() as site, Browser(javascript=javascript) as maker, Browser(javascript=javascript) as stranger:
        (site.folder / "taken.txt").write_bytes(b"second")
        sign_in(maker, site, "/box/")
        maker.find("#share button[value=dropping]").click()
        link = made_link(maker)
        stranger.open(link)
        check_equal(stranger.title, "/box/", "the folder by its link")
        check("taken.txt" not in stranger.find("main").text, "what is in the folder is shown")
        check_equal(stranger.find_all("#mkcol"), [], "the form for folders")
        for number in (1, 2):
            stranger.find("#upload input").send_keys(str(site.folder / "taken.txt"))
            if not javascript:  # the script sends what was chosen at once
                stranger.find("#upload button").click()
            stranger.wait_for("the file", lambda: (site.root / f"box/taken ({number}).txt").exists())
            check_equal(site.read(f"box/taken ({number}).txt"), b"second", "what was dropped")
            stranger.open(site.url("/box/"))  # by the cookie
        check_equal(site.read("box/taken.txt"), b"first", "the file that was there")
        check_quiet(stranger)
        stranger.open(site.url("/box/taken.txt"))
        check_equal(stranger.title, "Sign in", "a file in the folder")


@case("share: a link for adding files lets a stranger do that, and nothing else")
def drop_with_scripts():
    drop_by_link(javascript=True)


@case("share: files are added by a link without scripts, too")
def drop_without_scripts():
    drop_by_link(javascript=False)


@case("share: links are made by buttons, opened by strangers, and revoked")
def share_with_scripts():
    share_and_open(javascript=True)


@case("share: all of it works without scripts")
def share_without_scripts():
    share_and_open(javascript=False)

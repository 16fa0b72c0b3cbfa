"""The page without JavaScript, turned off as a user's settings do: the plain forms do everything."""

from case import case, check, check_equal, check_quiet, noise
from served_site import Site
from webdriver import Browser


# A click on a form's button returns before the answer is there: what it brings is waited for.


def find_row(browser, name):
    """The row of an entry; None when it is not listed."""
    for row in browser.find_all(".listing tbody tr"):
        if row.find(".name").text == name:
            return row
    return None


@case("no JavaScript: files are chosen and sent by the plain form")
def plain_upload():
    with Site("--allow-all") as site, Browser(javascript=False) as browser:
        site.write("inbox/old.txt", b"old")
        files = {"one.bin": noise(300_000), "Zwei & <b>.txt": "zwei".encode(), "leer.txt": b""}
        for name, content in files.items():
            (site.folder / name).write_bytes(content)
        browser.open(site.url("/inbox/"))
        check_equal(browser.run("return document.documentElement.className"), "", "no script ran")
        browser.find("#upload input").send_keys("\n".join(str(site.folder / name) for name in files))
        browser.find("#upload button").click()
        for name, content in files.items():
            browser.wait_for(f"{name} to be listed", lambda: find_row(browser, name))
            check_equal(site.read(f"inbox/{name}"), content, name)
        check_equal(browser.url, site.url("/inbox/"), "the browser is led back to the folder")
        check_equal(site.read("inbox/old.txt"), b"old", "the file that was there")
        check_quiet(browser)


@case("no JavaScript: a folder is created by the plain form, and files go into it")
def plain_folder():
    with Site("--allow-all") as site, Browser(javascript=False) as browser:
        browser.open(site.url())
        browser.find("#mkcol input").send_keys("Neuer Ordner & <b>")
        browser.find("#mkcol button").click()
        row = browser.wait_for("the folder in the list", lambda: find_row(browser, "Neuer Ordner & <b>"))
        check_equal(browser.url, site.url("/"), "the browser is led back")
        check((site.root / "Neuer Ordner & <b>").is_dir(), "the folder is there")
        row.find("a").click()
        (site.folder / "a.txt").write_bytes(b"a")
        browser.find("#upload input").send_keys(str(site.folder / "a.txt"))
        browser.find("#upload button").click()
        browser.wait_for("the file in the list", lambda: find_row(browser, "a.txt"))
        check_equal(site.read("Neuer Ordner & <b>/a.txt"), b"a", "the file in it")
        check_quiet(browser)


@case("no JavaScript: an entry is deleted after a question, and only then")
def plain_delete():
    with Site("--allow-all") as site, Browser(javascript=False) as browser:
        for name in ("keep.txt", "go & 'go' \"go\".txt"):
            site.write(name, b"x")
        site.write("empty/x", b"")
        (site.root / "empty/x").unlink()
        browser.open(site.url())
        row = find_row(browser, "go & 'go' \"go\".txt")
        check(not row.find("form").displayed, "the question is closed at first")
        row.find("summary").click()
        check(row.find("form").displayed, "the question opens")
        check("go & 'go' \"go\".txt" in row.find("form").text, "and names the file")
        check(site.read("go & 'go' \"go\".txt") is not None, "nothing is deleted yet")
        row.find("form button").click()
        browser.wait_for("the row to go", lambda: find_row(browser, "go & 'go' \"go\".txt") is None)
        check_equal(browser.url, site.url("/"), "the browser is led back")
        check_equal(site.read("go & 'go' \"go\".txt"), None, "the file is gone")
        row = find_row(browser, "empty")
        row.find("summary").click()
        row.find("form button").click()
        browser.wait_for("an empty folder to go, too", lambda: not (site.root / "empty").exists())
        check_equal(site.read("keep.txt"), b"x", "the other file")
        check_quiet(browser)


@case("no JavaScript: what is refused is explained on a page, and nothing is overwritten")
def plain_refusal():
    with Site("--allow-upload") as site, Browser(javascript=False) as browser:
        site.write("taken.txt", b"first")
        (site.folder / "taken.txt").write_bytes(b"second")
        browser.open(site.url())
        check_equal(browser.find_all(".erase"), [], "without the right to delete no form offers it")
        browser.find("#upload input").send_keys(str(site.folder / "taken.txt"))
        browser.find("#upload button").click()
        browser.wait_for("a page in place of the listing", lambda: not browser.find_all(".listing"))
        check("taken.txt" in browser.find("body").text, "the page names the file")
        check_equal(site.read("taken.txt"), b"first", "the file that was there")


@case("no rights: the page has the script that filters, and its forms only sort, search or download")
def nothing_to_write():
    with Site() as site, Browser() as browser:
        site.write("a.txt", b"a")
        browser.open(site.url())
        writing = "script:not([src='./.godwit/filter.js']), form[method], input:not([type=hidden]):not([type=search])"
        check_equal(browser.find_all(writing), [], "scripts and what writes")
        check_quiet(browser)

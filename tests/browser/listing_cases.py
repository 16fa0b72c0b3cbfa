"""The listing in a browser: every link leads to its file, nothing is interpreted, sorting, looks."""

import os
import urllib.parse

from case import case, check, check_equal, check_quiet
from served_site import Site
from webdriver import Browser

# Names that a page could stumble over; the text of each file is its name.
DIFFICULT_NAMES = [
    b"plain.txt",
    b"with space  and two.txt",
    "Жизнь.txt".encode(),
    "日本語 ファイル.txt".encode(),
    "ملف.txt".encode(),
    "🐦 emoji.txt".encode(),
    b"<script>alert(1)</script".replace(b"/", b"-") + b">.txt",
    b"<img src=x onerror=alert(1)>.txt",
    b"\"double\" and 'single'.txt",
    b"&amp; &lt; & entity;.txt",
    b"line\nbreak.txt",
    b"carriage\rreturn.txt",
    b"tab\tand \x1b[31m escape.txt",
    b"latin-1 caf\xe9.txt",
    b"\xff\xfe no utf-8.txt",
    b"cut \xe2\x82.txt",
    b"100%41 percent.txt",
    b"question?mark=1.txt",
    b"hash#mark.txt",
    b"colon: javascript:alert(1).txt",
    b"back\\slash.txt",
    b"semi;colon,comma+plus.txt",
    b"`back` $HOME {curly} [square] |.txt",
    "right \u202eto left.txt".encode(),
    b"~tilde.txt",
    b"a" * 250 + b".txt",
]

ROWS = "return [...document.querySelectorAll('.listing tbody tr .name a')].map((link) => link.textContent)"
PAGE_BYTES = """
    const done = arguments[0];
    fetch(location.href).then((answer) => answer.arrayBuffer())
        .then((bytes) => done([...new Uint8Array(bytes)]), (error) => done(String(error)));
"""


def follow(link):
    """Clicks, and waits until the browser is at another address."""
    before = link.browser.url
    link.click()
    link.browser.wait_for("another page", lambda: link.browser.url != before)


def rows(browser):
    return browser.run(ROWS)


@case("listing: every link is clicked and leads to its file, whatever the name; nothing is interpreted")
def every_link_leads_to_its_file():
    with Site() as site, Browser() as browser:
        for name in DIFFICULT_NAMES:
            site.write(b"names/" + name, name)
        seen = []
        for i in range(len(DIFFICULT_NAMES)):
            browser.open(site.url("/names/"))
            check_quiet(browser)
            links = browser.find_all(".listing tbody tr:not(.up) .name a")
            check_equal(len(links), len(DIFFICULT_NAMES), "rows")
            follow(links[i])
            got = browser.run_async(PAGE_BYTES)
            check(isinstance(got, list), f"row {i}: {got}")
            path = urllib.parse.unquote_to_bytes(urllib.parse.urlsplit(browser.url).path)
            check_equal(path, b"/names/" + bytes(got), f"the path of row {i}")
            seen.append(bytes(got))
            check_quiet(browser)
        check_equal(sorted(seen), sorted(DIFFICULT_NAMES), "the files that were reached")


@case("listing: no name brings an element, an attribute or a line of its own into the page")
def names_stay_text():
    with Site("--allow-all") as site, Browser() as browser:
        for name in DIFFICULT_NAMES:
            site.write(name, b"x")
        browser.open(site.url())
        check_quiet(browser)
        foreign = browser.run("return document.querySelectorAll('script:not([src^=\"./.godwit/\"]), img').length")
        check_equal(foreign, 0, "elements out of names")
        texts = rows(browser)
        check("<img src=x onerror=alert(1)>.txt" in texts, "the name with a tag is shown as it is")
        check("line␊break.txt" in texts, "a line break is shown as its picture")
        check("latin-1 caf\ufffd.txt" in texts, "what is no UTF-8 is shown as U+FFFD")
        check("right \u202eto left.txt" in texts, "the name with a direction mark is kept")


@case("listing: the columns' buttons sort, folders stay first")
def columns_sort():
    with Site() as site, Browser() as browser:
        for i, (name, length) in enumerate([("b.txt", 3000), ("a.png", 10), ("C.txt", 200)]):
            site.write(name, b"x" * length)
            os.utime(site.root / name, (1_700_000_000 + i * 1000,) * 2)
        site.write("folder/x", b"")
        browser.open(site.url())

        def sorted_by(label):
            links = browser.find_all(".listing thead button")
            follow([link for link in links if link.text.startswith(label)][0])
            return rows(browser)

        check_equal(rows(browser), ["folder", "a.png", "b.txt", "C.txt"], "by name")
        check_equal(sorted_by("Name"), ["folder", "C.txt", "b.txt", "a.png"], "by name, descending")
        check_equal(sorted_by("Size"), ["folder", "b.txt", "C.txt", "a.png"], "by size, the largest first")
        check_equal(sorted_by("Size"), ["folder", "a.png", "C.txt", "b.txt"], "by size, the smallest first")
        check_equal(sorted_by("Modified"), ["folder", "C.txt", "a.png", "b.txt"], "by time, the newest first")
        check_equal(sorted_by("Type")[1], "a.png", "by type")
        check_equal(browser.find(".listing thead .type").attribute("aria-sort"), "ascending", "aria-sort")
        check_quiet(browser)


@case("listing: pages lead to the next one, and back to the first")
def pages():
    with Site() as site, Browser() as browser:
        names = [f"file {i:02} & more.txt" for i in range(25)]
        for name in names:
            site.write(name, b"x")
        browser.open(site.url("/?limit=10"))
        seen = rows(browser)
        for _ in range(2):
            follow(browser.find("a[rel=next]"))
            seen += rows(browser)
        check_equal(seen, names, "the rows of three pages")
        check_equal(browser.find_all("a[rel=next]"), [], "links behind the last page")
        follow(browser.find("a[rel=first]"))
        check_equal(rows(browser), names[:10], "the first page again")
        follow([link for link in browser.find_all(".listing thead button") if link.text == "Name"][0])
        check_equal(rows(browser), names[:14:-1], "ten from the end")


@case("listing: the path above leads up, folder by folder")
def path_leads_up():
    with Site() as site, Browser() as browser:
        site.write("one two/drei <b>/vier/file.txt", b"x")
        browser.open(site.url("/one%20two/drei%20%3Cb%3E/vier/"))
        crumbs = [element.text for element in browser.find_all(".crumbs li")]
        check_equal(crumbs, ["Home", "one two", "drei <b>", "vier"], "the path")
        follow(browser.find_all(".crumbs a")[2])
        check_equal(browser.url, site.url("/one%20two/drei%20%3Cb%3E/"), "one up")
        follow(browser.find(".listing .up a"))
        check_equal(browser.url, site.url("/one%20two/"), "by the row above all")
        follow(browser.find_all(".crumbs a")[0])
        check_equal(browser.url, site.url("/"), "home")


# For each text that is seen: its colour against the first opaque background below it (WCAG 2.2, 1.4.3).
LEAST_CONTRAST = """
    const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
    const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
        .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
        .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
    const behind = (element) => {
        for (; element; element = element.parentElement) {
            const colour = channels(getComputedStyle(element).backgroundColor);
            if (colour.length === 3 || colour[3] === 1) return colour;
        }
        return [255, 255, 255];
    };
    let least = [99, ""];
    for (const element of document.querySelectorAll("body *")) {
        const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
        if (!hasText || !element.checkVisibility()) continue;
        const [a, b] = [light(channels(getComputedStyle(element).color)), light(behind(element))];
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (ratio < least[0]) least = [ratio, element.outerHTML.slice(0, 80)];
    }
    return least;
"""


@case("listing: fits a phone of 360 pixels, and every text has contrast, light and dark")
def looks():
    with Site("--allow-all") as site, Browser() as browser:
        for name in DIFFICULT_NAMES:
            site.write(name, b"x" * 2000)
        site.write("folder/x", b"")
        backgrounds = set()
        for width, height, phone in ((360, 740, True), (1280, 800, False)):
            for scheme in ("light", "dark"):
                browser.look(width, height, scheme, phone)
                browser.open(site.url())
                wide = browser.run("return document.scrollingElement.scrollWidth")
                check(wide <= width, f"{width} pixels: the page is {wide} wide")
                ratio, where = browser.run(LEAST_CONTRAST)
                check(ratio >= 4.5, f"{scheme}: contrast {ratio:.2f} of {where}")
                backgrounds.add(browser.run("return getComputedStyle(document.body).backgroundColor"))
        check_equal(len(backgrounds), 2, "backgrounds, light and dark")
        check_quiet(browser)


@case("listing: those who hear the page are told the table, its columns, and a name for every control")
def accessible():
    with Site("--allow-all") as site, Browser() as browser:
        site.write("a.txt", b"x")
        site.write("folder/x", b"")
        for width, height, phone in ((360, 740, True), (1280, 800, False)):
            browser.look(width, height, "light", phone)
            browser.open(site.url())
            nodes = browser.devtools("Accessibility.getFullAXTree")["nodes"]
            told = [(node.get("role", {}).get("value"), node.get("name", {}).get("value", "")) for node in nodes
                    if not node["ignored"]]
            for role, name in told:
                needs_name = role in ("link", "button", "textbox", "columnheader", "rowheader", "table", "DisclosureTriangleGrouped")
                check(name or not needs_name, f"{width} pixels: a {role} without a name")
            for wanted in (("table", "Contents of this folder"), ("columnheader", "Size"), ("rowheader", "a.txt"),
                           ("link", "folder"), ("heading", "Home"), ("DisclosureTriangleGrouped", "Delete a.txt"), ("columnheader", "Name"),
                           ("textbox", "New folder"), ("cell", "text/plain")):
                check(wanted in told, f"{width} pixels: no {wanted}")


@case("listing: the keyboard reaches every link and control, and where it is can be seen")
def keyboard():
    with Site("--allow-all") as site, Browser() as browser:
        site.write("a.txt", b"x")
        browser.open(site.url())
        reached = []
        for _ in range(11):
            for kind in ("keyDown", "keyUp"):
                browser.devtools("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)
            reached.append(browser.run("""
                const element = document.activeElement;
                const seen = element.id === "files" ? element.nextElementSibling : element;
                const outline = getComputedStyle(seen).outlineStyle;
                return [element.localName, (seen.ariaLabel || seen.textContent || element.id).trim(), outline];
            """))
        check_equal([outline for _, _, outline in reached], ["solid"] * len(reached), "outlines")
        names = [f"{tag} {name}" for tag, name, _ in reached]
        check_equal(names, ["input Choose files", "input folder", "button Create",
                            "input Search this folder and those below", "button Search", "button Name", "button Size",
                            "button Modified (UTC)", "button Type", "a a.txt", "summary Delete a.txt"], "what Tab reaches")


def shown_rows(browser):
    return browser.run("return [...document.querySelectorAll('.listing tbody tr:not([hidden]) .name a')].map((a) => a.textContent)")


@case("search: the box filters what is shown while one types, and Enter searches below")
def filter_and_search():
    with Site() as site, Browser() as browser:
        for name in ("Bill.txt", "feathers.txt", "bill.md", "deep/down/my bill.txt"):
            site.write(name, b"x")
        browser.open(site.url())
        box = browser.find(".search input")
        box.send_keys("bill")
        check_equal(shown_rows(browser), ["bill.md", "Bill.txt"], "rows with the word")
        check("2 of 4 shown" in browser.find(".search output").text, "how many are shown")
        box.send_keys(" *.txt")
        check_equal(shown_rows(browser), ["Bill.txt"], "rows with the word that fit the pattern")
        box.send_keys("\ue003" * len("bill *.txt"))  # Backspace
        check_equal(len(shown_rows(browser)), 4, "rows without a filter")
        box.send_keys("bill *.TXT\ue007")
        browser.wait_for("the findings", lambda: "search=" in browser.url)
        check_equal(shown_rows(browser), ["All of this folder", "Bill.txt", "deep/down/my bill.txt"], "findings")
        check_equal(browser.find(".search input").property("value"), "bill *.TXT", "the box keeps the words")
        check_quiet(browser)
        follow(browser.find_all(".listing .name a")[2])
        check(urllib.parse.unquote(browser.url).endswith("/deep/down/my bill.txt"), "the finding leads to its file")


@case("search: works without JavaScript")
def search_without_script():
    with Site() as site, Browser(javascript=False) as browser:
        site.write("deep/bill.txt", b"x")
        browser.open(site.url())
        browser.find(".search input").send_keys("bill")
        browser.find(".search button").click()
        browser.wait_for("the findings", lambda: "search=" in browser.url)
        check_equal([link.text for link in browser.find_all(".listing .name a")], ["All of this folder", "deep/bill.txt"], "findings")

"""The page with its script: files dropped and chosen, progress, cancel, resume, questions, folders, deletes. Drops are
the browser's own drag events, as a file manager causes them."""

from case import case, check, check_equal, check_quiet, noise
from form_cases import find_row
from served_site import Site
from webdriver import Browser

MEGABYTE = 1_000_000


def drop(browser, paths):
    """Drops files and folders of this machine on the middle of the page."""
    dragged = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        browser.devtools("Input.dispatchDragEvent", type=kind, x=300, y=300, data=dragged)


def throttle(browser, bytes_per_second):
    browser.devtools("Network.enable")
    browser.devtools("Network.emulateNetworkConditions", offline=False, latency=0, downloadThroughput=-1,
                     uploadThroughput=bytes_per_second)


def prepare(site, files):
    """Files outside of the served directory, to be sent."""
    paths = []
    for name, content in files.items():
        path = site.folder / "outbox" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        paths.append(path)
    return paths


TRANSFERS = """
    return [...document.querySelectorAll("#transfers li")].map((row) => [
        row.querySelector(".file").textContent,
        { state: row.className, text: row.querySelector(".state").textContent, sent: row.querySelector("progress")?.value }]);
"""


def transfer(browser, name):
    """{"state", "text", "sent"} of the row of that name; empty when there is none."""
    return dict(browser.run(TRANSFERS)).get(name, {})


def wait_for_state(browser, name, state, seconds=30):
    return browser.wait_for(f"{name} to be {state}, not {transfer(browser, name)}",
                            lambda: transfer(browser, name).get("state") == state, seconds)


def click_in_transfer(browser, name, label):
    for row in browser.find_all("#transfers li"):
        if row.find(".file").text == name:
            for button in row.find(".actions").find_all("button"):
                if button.text == label:
                    return button.click()
    raise AssertionError(f"no button {label} for {name}")


def answer_dialog(browser, answer, tick=False):
    """Answers the question that is open or comes; returns its text. The next one may open at once. The answer is the
    label of a button, or the labels by the name that the question is about, because several files are sent at a time
    and their questions come in any order."""
    dialog = browser.wait_for("a question", lambda: browser.find("dialog[open]"))
    text = dialog.find("p").text
    label = answer if isinstance(answer, str) else next(button for name, button in answer.items() if name in text)
    if tick:
        dialog.find("input[type=checkbox]").click()
    [button for button in dialog.find_all("button") if button.text == label][0].click()
    browser.wait_for("the question to close", dialog.is_gone)
    return text


def bytes_patched(site):
    """How many bytes of bodies went to upload resources."""
    return sum(entry["received"] for entry in site.log() if entry["method"] == "PATCH")


@case("script: three files dropped, one cancelled, one resumed after the server was killed; a folder, a delete")
def the_whole_way():
    with Site("--allow-all") as site, Browser() as browser:
        files = {"small.bin": noise(200_000, 1), "gone.bin": noise(20 * MEGABYTE, 2), "long.bin": noise(12 * MEGABYTE, 3)}
        paths = prepare(site, files)
        browser.open(site.url())
        throttle(browser, 3 * MEGABYTE)
        drop(browser, paths)
        wait_for_state(browser, "small.bin", "stored")
        first = browser.wait_for("progress", lambda: transfer(browser, "gone.bin").get("sent"))
        browser.wait_for("more progress", lambda: transfer(browser, "gone.bin").get("sent", 0) > first)
        check(" of 19.1 MiB" in transfer(browser, "gone.bin")["text"], "the progress is said in words")
        click_in_transfer(browser, "gone.bin", "Cancel")
        wait_for_state(browser, "gone.bin", "cancelled")

        browser.wait_for("a third of the long one", lambda: transfer(browser, "long.bin").get("sent", 0) > 4 * MEGABYTE)
        site.kill()
        wait_for_state(browser, "long.bin", "paused")
        check("Trying again" in transfer(browser, "long.bin")["text"], "the page says that it will go on")
        check_equal(site.read("long.bin"), None, "nothing is there yet under the name")
        before = bytes_patched(site)
        site.start()
        wait_for_state(browser, "long.bin", "stored")
        check(bytes_patched(site) - before < len(files["long.bin"]) - 2 * MEGABYTE, "it went on where it was")

        browser.find("#mkcol input").send_keys("a new folder")
        browser.find("#mkcol button").click()
        browser.wait_for("the folder in the list", lambda: find_row(browser, "a new folder"))
        check((site.root / "a new folder").is_dir(), "the folder is there")
        find_row(browser, "small.bin").find("summary").click()
        check("small.bin" in answer_dialog(browser, "Delete"), "the question names the file")
        browser.wait_for("the row to go", lambda: not find_row(browser, "small.bin"))

        check(site.read("long.bin") == files["long.bin"], "the bytes of the resumed file")
        check_equal(sorted(path.name for path in site.root.iterdir() if not path.name.startswith(".")),
                    ["a new folder", "long.bin"], "the directory")
        leftovers = [path.name for path in site.root.rglob("*") if path.is_file() and path.name.startswith(".")]
        check(not any("gone" in name for name in leftovers), f"leftovers: {leftovers}")
        console = [line for line in browser.take_console() if "Content Security Policy" in line]
        check_equal(console, [], "violations of the policy")


@case("script: an upload goes on after the page was left, when its file is chosen again")
def resume_after_reload():
    with Site("--allow-all") as site, Browser() as browser:
        files = {"long.bin": noise(12 * MEGABYTE)}
        [path] = prepare(site, files)
        browser.open(site.url())
        throttle(browser, 3 * MEGABYTE)
        browser.find("#upload input").send_keys(str(path))
        browser.wait_for("a third", lambda: transfer(browser, "long.bin").get("sent", 0) > 4 * MEGABYTE)
        browser.open("about:blank")
        browser.open(site.url())
        wait_for_state(browser, "long.bin", "unfinished")
        check("Choose the file again" in transfer(browser, "long.bin")["text"], "the page says how to go on")
        before = bytes_patched(site)
        throttle(browser, -1)
        browser.find("#upload input").send_keys(str(path))
        wait_for_state(browser, "long.bin", "stored")
        check(bytes_patched(site) - before < len(files["long.bin"]) - 2 * MEGABYTE, "it went on where it was")
        check(site.read("long.bin") == files["long.bin"], "the bytes")
        browser.open(site.url())
        check_equal(browser.run(TRANSFERS), [], "nothing is unfinished any more")
        check_quiet(browser)


@case("script: an unfinished upload is discarded, and one that the server forgot starts anew")
def forgotten():
    with Site("--allow-all") as site, Browser() as browser:
        files = {"a.bin": noise(6 * MEGABYTE, 1), "b.bin": noise(6 * MEGABYTE, 2)}
        paths = prepare(site, files)
        browser.open(site.url())
        throttle(browser, 2 * MEGABYTE)
        browser.find("#upload input").send_keys("\n".join(map(str, paths)))
        for name in files:
            browser.wait_for("a beginning", lambda: transfer(browser, name).get("sent", 0) > MEGABYTE)
        browser.open("about:blank")
        browser.open(site.url())
        wait_for_state(browser, "a.bin", "unfinished")
        wait_for_state(browser, "b.bin", "unfinished")
        click_in_transfer(browser, "a.bin", "Discard")
        site.wait_for_log("the DELETE", lambda entry: entry["method"] == "DELETE" and entry["status"] == 204)
        check_equal(transfer(browser, "a.bin"), {}, "its row")

        site.kill()
        for path in sorted(site.root.rglob(".*"), reverse=True):
            path.unlink() if path.is_file() else None
        site.start()
        throttle(browser, -1)
        browser.find("#upload input").send_keys(str(paths[1]))
        wait_for_state(browser, "b.bin", "stored")
        check(site.read("b.bin") == files["b.bin"], "the bytes")
        check_equal(site.read("a.bin"), None, "the discarded one")


@case("script: a file whose name is taken is replaced or skipped, as the question is answered")
def conflicts():
    with Site("--allow-all") as site, Browser() as browser:
        names = ["a.txt", "b.txt", "c.txt", "d.txt"]
        paths = prepare(site, {name: b"new " + name.encode() for name in names})
        for name in names:
            site.write(name, b"old")
        browser.open(site.url())
        drop(browser, paths[:2])
        questions = [answer_dialog(browser, {"a.txt": "Skip", "b.txt": "Replace"}) for _ in range(2)]
        check(all(any(name in text for text in questions) for name in names[:2]), "each question names its file")
        wait_for_state(browser, "b.txt", "stored")
        drop(browser, paths[2:])
        answer_dialog(browser, "Replace", tick=True)
        wait_for_state(browser, "c.txt", "stored")
        wait_for_state(browser, "d.txt", "stored")
        check_equal([site.read(name) for name in names], [b"old", b"new b.txt", b"new c.txt", b"new d.txt"], "files")
        check_equal(transfer(browser, "a.txt")["state"], "cancelled", "the skipped one")
        click_in_transfer(browser, "a.txt", "Retry")
        answer_dialog(browser, "Replace")
        wait_for_state(browser, "a.txt", "stored")
        check_equal(site.read("a.txt"), b"new a.txt", "the skipped one at last")


@case("script: a dropped folder is stored with what is in it, difficult names among them")
def folders_and_names():
    with Site("--allow-all") as site, Browser() as browser:
        files = {f"folder/{name}": name.encode() for name in (
            "plain.txt", "sub/deeper/Жизнь.txt", "sub/<img src=x onerror=alert(1)>.txt", "100% #1 why?.txt", "日本.txt")}
        prepare(site, files)
        browser.open(site.url())
        drop(browser, [site.folder / "outbox/folder"])
        for name in files:
            wait_for_state(browser, name, "stored")
            check_equal(site.read(name), files[name], name)
        browser.wait_for("the folder in the list", lambda: find_row(browser, "folder"))
        check_quiet(browser)


@case("script: a delete is asked about, and what is refused is said")
def deletes():
    with Site("--allow-all") as site, Browser() as browser:
        hard = [b"line\nbreak.txt", b"caf\xe9.txt"]
        for name in [*hard, b"keep.txt", b"full/x", b"other/x"]:
            site.write(name, b"x")
        browser.open(site.url())
        find_row(browser, "keep.txt").find("summary").click()
        answer_dialog(browser, "Cancel")
        find_row(browser, "full").find("summary").click()
        question = answer_dialog(browser, "Delete")
        check("and everything in it" in question, "the question says what goes with a folder")
        browser.wait_for("the folder to go", lambda: not find_row(browser, "full"))
        for shown in ("line␊break.txt", "caf\ufffd.txt"):
            find_row(browser, shown).find("summary").click()
            answer_dialog(browser, "Delete")
            browser.wait_for("the row to go", lambda: not find_row(browser, shown))
        check_equal(sorted(path.name for path in site.root.iterdir() if not path.name.startswith(".")),
                    ["keep.txt", "other"], "what is left")
        browser.find("#mkcol input").send_keys("other")
        browser.find("#mkcol button").click()
        browser.wait_for("the refusal of a folder", lambda: "already" in browser.find("#notice").text)


@case("script: a file that the server can never take says why, and offers no retry")
def refusals():
    with Site("--allow-all", "--max-body", "1K") as site, Browser() as browser:
        browser.open(site.url())
        drop(browser, prepare(site, {"large.txt": b"x" * 5000, "fine.txt": b"x"}))
        wait_for_state(browser, "large.txt", "refused")
        wait_for_state(browser, "fine.txt", "stored")
        text = transfer(browser, "large.txt")["text"]
        check(text.startswith("Not stored: ") and "1 KiB" in text, "the row says why")
        check("Retry" not in text, "no button for what cannot work")
        check_equal(site.read("large.txt"), None, "the file")


@case("script: a file that changes on its own disk while it is sent is given up, and nothing is stored")
def changed_file():
    with Site("--allow-all") as site, Browser() as browser:
        [path] = prepare(site, {"growing.bin": noise(12 * MEGABYTE)})
        browser.open(site.url())
        throttle(browser, 3 * MEGABYTE)
        drop(browser, [path])
        browser.wait_for("a beginning", lambda: transfer(browser, "growing.bin").get("sent", 0) > MEGABYTE)
        site.kill()
        wait_for_state(browser, "growing.bin", "paused")
        path.write_bytes(b"another one")
        site.start()
        wait_for_state(browser, "growing.bin", "failed")
        check("was changed" in transfer(browser, "growing.bin")["text"], "the row says why")
        check_equal(site.read("growing.bin"), None, "the file")


@case("script: where uploads cannot be resumed, a file is sent in one request, and again after an interruption")
def sent_whole():
    with Site("--allow-all", "--upload-expiry", "0") as site, Browser() as browser:
        content = noise(6 * MEGABYTE)
        [path] = prepare(site, {"whole.bin": content})
        browser.open(site.url())
        throttle(browser, 3 * MEGABYTE)
        drop(browser, [path])
        browser.wait_for("a beginning", lambda: transfer(browser, "whole.bin").get("sent", 0) > MEGABYTE)
        site.kill()
        wait_for_state(browser, "whole.bin", "paused")
        throttle(browser, -1)
        site.start()
        click_in_transfer(browser, "whole.bin", "Retry now")
        wait_for_state(browser, "whole.bin", "stored")
        check(site.read("whole.bin") == content, "the bytes")
        check_equal(bytes_patched(site), 0, "bytes in slices")

"""What a browser reads from a directory: a page with what belongs to it, sound with seeking, downloads."""

import io
import wave

from case import case, check, check_equal, check_quiet, noise
from served_site import Site
from webdriver import Browser

PAGE = b"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>waiting</title>
<link rel="stylesheet" href="css/look.css"><script src="app.js" defer></script></head>
<body><h1>A page</h1><img src="images/dot.svg" alt="a dot"><a href="more/">more</a></body></html>
"""
DOT = b'<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20"><circle cx="10" cy="10" r="9"/></svg>'


@case("reading: a page with its style, script and picture, a folder's index, back, and a second visit from the cache")
def page_and_its_parts():
    with Site() as site, Browser() as browser:
        site.write("site/index.html", PAGE)
        site.write("site/css/look.css", b"h1 { color: rgb(1, 2, 3); }")
        site.write("site/app.js", b'document.title = "the script ran";')
        site.write("site/images/dot.svg", DOT)
        site.write("site/more/index.html", b"<title>more</title><p>more of it</p>")
        browser.open(site.url("/site"))
        check_equal(browser.url, site.url("/site/"), "a folder's address gets its slash")
        browser.wait_for("the script", lambda: browser.title == "the script ran")
        check_equal(browser.run("return getComputedStyle(document.querySelector('h1')).color"), "rgb(1, 2, 3)", "style")
        check_equal(browser.run("return document.querySelector('img').naturalWidth"), 30, "the picture's width")
        browser.find("a").click()
        check_equal(browser.title, "more", "the page behind the link")
        browser.call("POST", "/back", {})
        check_equal(browser.find("h1").text, "A page", "back")
        browser.reload()
        site.wait_for_log("a 304", lambda entry: entry["status"] == 304 and entry["path"].startswith("/site/"))
        check_quiet(browser)


def sound(seconds, rate=44_100):
    """A quiet WAV file of noise, two channels of 16 bits."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(2)
        writer.setsampwidth(2)
        writer.setframerate(rate)
        writer.writeframes(noise(1 << 16) * (seconds * rate * 4 >> 16))
    return file.getvalue()


SEEK = """
    const [seconds, done] = arguments;
    const player = document.querySelector("video, audio");
    player.addEventListener("seeked", () => done([player.currentTime, player.duration, player.seekable.end(0)]));
    player.addEventListener("error", () => done(player.error.message));
    const seek = () => (player.currentTime = seconds);
    if (player.readyState >= 1) seek();
    else player.addEventListener("loadedmetadata", seek);
"""


@case("reading: a player seeks near the end through a range request and does not fetch what is before")
def seeking():
    with Site() as site, Browser() as browser:
        content = sound(240)
        site.write("sound.wav", content)
        site.write("page.html", b'<!DOCTYPE html><video controls preload="metadata" src="sound.wav"></video>')
        # Slow enough that the beginning alone does not bring the whole file before the seek.
        browser.devtools("Network.enable")
        browser.devtools("Network.emulateNetworkConditions", offline=False, latency=0, uploadThroughput=-1,
                         downloadThroughput=4_000_000)
        browser.open(site.url("/page.html"))
        got = browser.run_async(SEEK, 230)
        check(isinstance(got, list), f"the player: {got}")
        check(abs(got[0] - 230) < 0.1 and abs(got[1] - 240) < 1, f"time, length and end of seeking: {got}")
        is_part = lambda entry: entry["path"] == "/sound.wav" and entry["status"] == 206
        parts = site.wait_for_log("a 206 of less than the file", lambda e: is_part(e) and e["bytes"] < len(content) // 2)
        check(parts, "a range near the end")
        check_quiet(browser)


@case("reading: the built-in player of a file that was opened from the listing seeks, too")
def seeking_from_the_listing():
    with Site() as site, Browser() as browser:
        site.write("a sound.wav", sound(120))
        browser.open(site.url())
        browser.find(".listing .audio .name a").click()
        got = browser.run_async(SEEK, 110)
        check(isinstance(got, list) and abs(got[0] - 110) < 0.1, f"the player: {got}")
        site.wait_for_log("a 206", lambda entry: entry["path"] == "/a sound.wav" and entry["status"] == 206)


@case("reading: a download lands whole, under its name")
def download():
    with Site() as site:
        downloads = site.folder / "downloads"
        downloads.mkdir()
        content = noise(30_000_000)
        site.write("a big one & more.bin", content)
        with Browser(downloads=downloads) as browser:
            browser.open(site.url())
            browser.find(".listing tbody .name a").click()
            target = downloads / "a big one & more.bin"
            browser.wait_for("the download", lambda: target.exists() and target.stat().st_size == len(content))
            check_equal(target.read_bytes() == content, True, "the bytes")

"""Takes the pictures of docs/screenshots/: a folder as a reader sees it and one that takes uploads, on a phone and on a
desktop, light and dark, with and without scripts; docs/ shows some of them. Not a test; run it when the look has
changed.

usage: screenshots.py GODWIT FOLDER
"""

import os
import pathlib
import sys
import time

from case import noise
from served_site import Site
from upload_cases import drop, prepare, throttle, transfer, wait_for_state
from webdriver import Browser

PHONE = (390, 844, True)
DESKTOP = (1280, 800, False)
NOW = 1_795_000_000

# name, bytes, seconds before NOW
FILES = [
    ("bar-tailed godwit.jpg", 3_481_233, 260_000),
    ("calls at dusk.wav", 18_421_330, 790_000),
    ("eleven days.mp4", 482_133_442, 3_400_000),
    ("timetable.txt", 221, 7_100),
    ("tracks 2025.tar.gz", 99_123_321, 173_000),
    ('She said "mud" & left.pdf', 210_022, 26_000_000),
    ("<script>alert(1)<script>.txt", 29, 900),
    ("Малый веретенник.txt", 8_123, 5_000),
    ("オオソリハシシギ.md", 912, 700_000),
    ("بقويقة.html", 15_000, 90_000),
    ("100% sure? #1.json", 5_321_002, 86_400_000),
    ("line\nbreak.csv", 2_048, 4_000),
]


def fill(site):
    for folder in ("drawings", "sightings by region"):
        (site.root / "field notes/2026" / folder).mkdir(parents=True)
    for name, length, age in [*FILES, (b"caf\xe9.txt", 77, 20_000)]:
        path = os.fsencode(site.root / "field notes/2026") + b"/" + os.fsencode(name)
        with open(path, "wb") as file:
            file.truncate(length)
        os.utime(path, (NOW - age, NOW - age))
    for folder in (site.root / "field notes/2026").iterdir():
        if folder.is_dir():
            os.utime(folder, (NOW - 1_000_000, NOW - 1_000_000))


def take(browser, target, name, size, scheme):
    width, height, phone = size
    browser.look(width, height, scheme, phone)
    time.sleep(0.3)  # what moves has come to rest
    browser.save_screenshot(target / f"{name}.png")


def listing(target):
    with Site() as site, Browser() as browser:
        fill(site)
        browser.open(site.url("/field%20notes/2026/"))
        take(browser, target, "listing-desktop-light", DESKTOP, "light")
        take(browser, target, "listing-desktop-dark", DESKTOP, "dark")
        take(browser, target, "listing-phone-light", PHONE, "light")
        take(browser, target, "listing-phone-dark", PHONE, "dark")


def uploads(target):
    with Site("--allow-all") as site, Browser() as browser:
        fill(site)
        paths = prepare(site, {
            "tide tables.pdf": noise(400_000, 1),
            "flight over the Pacific.mp4": noise(60_000_000, 2),
            "feathers.tif": noise(45_000_000, 3),
            "shore at night.wav": noise(30_000_000, 4),
        })
        browser.open(site.url("/field%20notes/2026/"))
        throttle(browser, 6_000_000)
        drop(browser, paths)
        wait_for_state(browser, "tide tables.pdf", "stored")
        browser.wait_for("progress", lambda: transfer(browser, "feathers.tif").get("sent", 0) > 8_000_000)
        take(browser, target, "uploads-desktop-light", DESKTOP, "light")
        take(browser, target, "uploads-desktop-dark", DESKTOP, "dark")
        take(browser, target, "uploads-phone-light", PHONE, "light")
        take(browser, target, "uploads-phone-dark", PHONE, "dark")
        for row in browser.find_all(".listing tbody tr"):
            if row.find(".name").text == "timetable.txt":
                row.find("summary").click()
        take(browser, target, "delete-phone-dark", PHONE, "dark")
        browser.open("about:blank")
    with Site("--allow-all") as site, Browser(javascript=False) as browser:
        fill(site)
        browser.open(site.url("/field%20notes/2026/"))
        browser.find_all(".erase summary")[3].click()
        take(browser, target, "no-script-desktop-light", DESKTOP, "light")
        take(browser, target, "no-script-phone-light", PHONE, "light")


Site.program = sys.argv[1]
folder = pathlib.Path(sys.argv[2])
folder.mkdir(parents=True, exist_ok=True)
listing(folder)
uploads(folder)

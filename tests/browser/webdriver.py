"""A small client of the W3C WebDriver protocol, out of the standard library, for chromedriver and headless Chromium.
Used by the browser cases. Every wait has a bound; leaving the `with` block ends browser and driver and removes their
files."""

import base64
import http.client
import json
import re
import shutil
import signal
import subprocess
import tempfile
import time

ELEMENT_KEY = "element-6066-11e4-a52e-4f735466cecf"  # how the protocol marks a reference to an element

# No sandbox: it needs user namespaces, which containers seldom have. Nothing but the server under test is loaded.
CHROMIUM_ARGUMENTS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-features=Translate,OptimizationHints,MediaRouter",
    "--no-first-run",
    "--no-default-browser-check",
    "--autoplay-policy=no-user-gesture-required",
    "--mute-audio",
    "--lang=en-US",
    "--window-size=1400,1000",
]


class WebDriverError(Exception):
    """What the driver answered in place of a result. `code` is the protocol's, e.g. "no such element"."""

    def __init__(self, code, message):
        super().__init__(f"{code}: {message}")
        self.code = code


def is_installed():
    return shutil.which("chromedriver") is not None and shutil.which("chromium") is not None


class Element:
    def __init__(self, browser, reference):
        self.browser = browser
        self.reference = reference

    def _call(self, method, path, body=None):
        return self.browser.call(method, f"/element/{self.reference}{path}", body)

    def is_gone(self):
        """True when the page has it no more."""
        try:
            self._call("GET", "/name")
        except WebDriverError as error:
            if error.code in ("stale element reference", "no such element"):
                return True
            raise
        return False

    def click(self):
        self._call("POST", "/click", {})

    def send_keys(self, text):
        """Types; a file input takes paths, several of them on lines of their own."""
        self._call("POST", "/value", {"text": text})

    def clear(self):
        self._call("POST", "/clear", {})

    @property
    def text(self):
        return self._call("GET", "/text")

    @property
    def displayed(self):
        return self._call("GET", "/displayed")

    def attribute(self, name):
        return self._call("GET", f"/attribute/{name}")

    def property(self, name):
        return self._call("GET", f"/property/{name}")

    def find(self, selector):
        return Element(self.browser, self._call("POST", "/element", css(selector))[ELEMENT_KEY])

    def find_all(self, selector):
        return [Element(self.browser, found[ELEMENT_KEY]) for found in self._call("POST", "/elements", css(selector))]


def css(selector):
    return {"using": "css selector", "value": selector}


class Browser:
    """One Chromium with an empty profile. `javascript`: False turns scripts off the way a user's settings do.
    `downloads`: the folder that takes them."""

    def __init__(self, javascript=True, downloads=None):
        self.folder = tempfile.mkdtemp(prefix="godwit-browser-")
        self.session = None
        self.driver = subprocess.Popen(
            ["chromedriver", "--port=0", f"--log-path={self.folder}/driver.log"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)
        try:
            self.port = self._read_port()
            self.session = self._start(javascript, downloads)
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _read_port(self):
        for line in self.driver.stdout:
            found = re.search(r"started successfully on port (\d+)", line)
            if found:
                return int(found.group(1))
        raise WebDriverError("not started", "chromedriver did not say on which port it listens")

    def _start(self, javascript, downloads):
        preferences = {
            "profile.managed_default_content_settings.javascript": 1 if javascript else 2,
            "download.prompt_for_download": False,
            "safebrowsing.enabled": False,
        }
        if downloads:
            preferences["download.default_directory"] = str(downloads)
        options = {
            "args": CHROMIUM_ARGUMENTS + [f"--user-data-dir={self.folder}/profile"],
            "prefs": preferences,
        }
        wanted = {
            "browserName": "chrome",
            "goog:chromeOptions": options,
            "goog:loggingPrefs": {"browser": "ALL"},
            "unhandledPromptBehavior": "ignore",  # a case wants to see a dialog that nobody expected
        }
        answer = self._request("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
        session = f"/session/{answer['sessionId']}"
        self._request("POST", f"{session}/timeouts", {"pageLoad": 30_000, "script": 30_000, "implicit": 0})
        return session

    def _request(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=90)
        try:
            text = None if body is None else json.dumps(body)
            connection.request(method, path, text, {"Content-Type": "application/json; charset=utf-8"})
            value = json.loads(connection.getresponse().read())["value"]
        finally:
            connection.close()
        if isinstance(value, dict) and "error" in value:
            raise WebDriverError(value["error"], value.get("message", "").split("\n")[0])
        return value

    def call(self, method, path, body=None):
        """A command of this browser's, e.g. call("POST", "/refresh", {})."""
        return self._request(method, self.session + path, body)

    def close(self):
        if self.session is not None:
            try:
                self.call("DELETE", "")
            except (WebDriverError, OSError):
                pass  # what is left of it goes with the driver below
            self.session = None
        self.driver.send_signal(signal.SIGTERM)
        try:
            self.driver.wait(10)
        except subprocess.TimeoutExpired:
            self.driver.kill()
            self.driver.wait()
        self.driver.stdout.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    # Pages

    def open(self, url):
        self.call("POST", "/url", {"url": url})

    def reload(self):
        self.call("POST", "/refresh", {})

    @property
    def url(self):
        return self.call("GET", "/url")

    @property
    def title(self):
        return self.call("GET", "/title")

    def has_dialog(self):
        try:
            self.call("GET", "/alert/text")
        except WebDriverError as error:
            if error.code == "no such alert":
                return False
            raise
        return True

    # Elements

    def find(self, selector):
        return Element(self, self.call("POST", "/element", css(selector))[ELEMENT_KEY])

    def find_all(self, selector):
        return [Element(self, found[ELEMENT_KEY]) for found in self.call("POST", "/elements", css(selector))]

    def run(self, script, *arguments):
        """Runs the body of a function in the page; its `return` comes back."""
        return self.call("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def run_async(self, script, *arguments):
        """The same for a body that calls its last argument with the result, within 30 s."""
        return self.call("POST", "/execute/async", {"script": script, "args": list(arguments)})

    def wait_for(self, what, probe, seconds=20):
        """Waits until `probe()` returns something true, and returns it. What it throws counts as not yet."""
        deadline = time.monotonic() + seconds
        problem = None
        while time.monotonic() < deadline:
            try:
                found = probe()
                if found:
                    return found
            except WebDriverError as error:
                problem = error
            time.sleep(0.05)
        raise AssertionError(f"waited {seconds} s for {what}" + (f" ({problem})" if problem else ""))

    # What Chromium alone offers

    def devtools(self, command, **parameters):
        return self.call("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def take_console(self):
        """The console's lines since the last call, violations of the Content-Security-Policy among them."""
        return [entry["message"] for entry in self.call("POST", "/se/log", {"type": "browser"})]

    def look(self, width, height, scheme="light", phone=False):
        """The size of the page in CSS pixels, and what prefers-color-scheme says."""
        self.devtools("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                      mobile=phone)
        self.devtools("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def save_screenshot(self, path):
        shot = self.devtools("Page.captureScreenshot", format="png", optimizeForSpeed=False)
        with open(path, "wb") as file:
            file.write(base64.b64decode(shot["data"]))

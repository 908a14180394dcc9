"""What the tests of pages share: a page in headless Chromium, and what holds for all of them."""
import shutil
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "command"))
from support import CommandTest  # noqa: E402

try:
    from selenium import webdriver
except ImportError:
    webdriver = None


def browser():
    options = webdriver.ChromeOptions()
    for word in ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                 "--disable-background-networking", "--disable-component-update", "--disable-sync",
                 "--disable-dev-shm-usage"):
        options.add_argument(word)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    options.binary_location = shutil.which("chromium")
    return webdriver.Chrome(options=options,
                            service=webdriver.chrome.service.Service(shutil.which("chromedriver")))


class PageTest(CommandTest):
    def open(self, name):
        self.page = browser()
        self.addCleanup(self.page.quit)
        self.page.set_window_size(1100, 900)
        self.page.get("file://" + str(self.folder / name))

    def tearDown(self):
        log = [entry for entry in self.page.get_log("browser") if entry["level"] != "INFO"]
        self.assertEqual(log, [])

    def check_phone_and_dark(self):
        self.page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True})
        width = self.page.execute_script("return document.documentElement.scrollWidth")
        self.assertLessEqual(width, 390)
        light = self.page.execute_script("return getComputedStyle(document.body).backgroundColor")
        self.page.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "features": [{"name": "prefers-color-scheme", "value": "dark"}]})
        dark = self.page.execute_script("return getComputedStyle(document.body).backgroundColor")
        self.assertNotEqual(light, dark)


def main():
    if webdriver is None or not (shutil.which("chromium") and shutil.which("chromedriver")):
        print("skipped: chromium, chromium-driver and python3-selenium are not installed")
        sys.exit(77)
    unittest.main()

"""Opens the page of "compare --html" in headless Chromium, clicks, and reads values back."""
import json
import re

from page_test_support import PageTest, main, webdriver
from support import random_lines

if webdriver is not None:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.support.ui import Select


class Report(PageTest):
    def setUp(self):
        super().setUp()
        self.trace("a.mmt", random_lines(20_000))
        self.trace("b.mmt", random_lines(20_000, seed=5, pages=900))
        (self.folder / "e.toml").write_text("""
traces = ["a.mmt", "b.mmt"]
[options]
interval = 1000
[axes]
mmu.dtlb.entries = [64, 16]
mmu.stlb.entries = [1536, 48]
""")
        self.mmusim("sweep", "e.toml")
        self.mmusim("compare", "e-sweep", "--html", "r.html")
        self.open("r.html")

    def text(self, selector):
        return self.page.find_element(By.CSS_SELECTOR, selector).text

    def column(self, name):
        """Of the table of all results, from top to bottom."""
        heads = [th.text for th in self.page.find_elements(By.CSS_SELECTOR, "#table th")]
        place = next(i for i, head in enumerate(heads) if head.split(" ")[0] == name) + 1
        cells = self.page.find_elements(By.CSS_SELECTOR, f"#table td:nth-child({place})")
        return [cell.text for cell in cells]

    def test_shows_what_the_results_hold(self):
        self.assertIn("8 results, 2 runs", self.text("#summary"))
        points = [p["name"] for p in json.loads(self.bytes_of("e-sweep/sweep.json"))["points"]]
        self.assertEqual(self.column("result"), points)
        cycles = [self.result(f"e-sweep/{name}")["counters"]["cpu"]["cycles"] for name in points]
        self.assertEqual([int(text.replace(",", "")) for text in self.column("cycles")], cycles)
        self.assertIn("mmu.stlb.entries 1536 -> 48", self.text("#effects"))
        for chart in ("cpi", "mpki", "heat", "pareto", "cdf", "time"):
            self.assertTrue(self.page.find_elements(By.CSS_SELECTOR, f"#{chart} svg path"), chart)
        self.assertRegex(self.text("#instructions"), r"0x40[0-9a-f]{4} ")
        self.assertIn(self.result("e-sweep/" + points[0])["map_hash"], self.text("#provenance"))

    def test_sorts_by_a_heading_with_mouse_and_keyboard(self):
        heads = self.page.find_elements(By.CSS_SELECTOR, "#table th button")
        head = next(h for h in heads if h.text == "cycles")
        head.click()
        up = [int(text.replace(",", "")) for text in self.column("cycles")]
        self.assertEqual(up, sorted(up))
        self.page.switch_to.active_element.send_keys(Keys.ENTER)
        down = [int(text.replace(",", "")) for text in self.column("cycles")]
        self.assertEqual(down, sorted(up, reverse=True))

    def test_choices_change_what_is_shown(self):
        before = self.text("#cpi svg") + self.text("#heat svg")
        Select(self.page.find_element(By.ID, "run")).select_by_index(1)
        self.assertNotEqual(self.text("#cpi svg") + self.text("#heat svg"), before)
        points = [p["name"] for p in json.loads(self.bytes_of("e-sweep/sweep.json"))["points"]]
        Select(self.page.find_element(By.ID, "result")).select_by_index(5)
        self.assertIn(points[5], self.text("#provenance"))
        self.page.find_element(By.CSS_SELECTOR, "details summary").click()
        self.assertIn("mmu.stlb.entries = 48", self.text("#machine"))
        Select(self.page.find_element(By.ID, "heat-figure")).select_by_visible_text("walks")
        walks = self.result("e-sweep/" + points[5])["counters"]["mmu"]["walker"]["walks"]
        self.assertIn(f"{walks:,}", self.text("#heat svg"))

    def test_fits_a_phone_and_the_dark(self):
        self.check_phone_and_dark()

    def test_prints_without_what_can_only_be_clicked(self):
        controls = self.page.find_elements(By.CSS_SELECTOR, ".controls")
        self.assertTrue(any(control.is_displayed() for control in controls))
        self.page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
        self.assertFalse(any(control.is_displayed() for control in controls))
        self.assertTrue(self.page.find_element(By.CSS_SELECTOR, "#cpi svg").is_displayed())

    def test_needs_no_network(self):
        html = self.bytes_of("r.html").decode()
        self.assertIn("default-src 'none'", html)
        self.assertFalse(re.search(r'(?:src|href)="(?!#)', html))


if __name__ == "__main__":
    main()

"""Opens the page of "os layout --html" in headless Chromium, clicks, and reads values back."""
import re

from page_test_support import PageTest, main, webdriver
from support import random_lines

if webdriver is not None:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys


class LayoutPage(PageTest):
    def setUp(self):
        super().setUp()
        self.trace("a.mmt", random_lines(4000))
        self.mmusim("run", "-o", "out", "a.mmt")
        self.mmusim("os", "layout", "out", "--html", "l.html")
        self.open("l.html")

    def all(self, selector):
        return self.page.find_elements(By.CSS_SELECTOR, selector)

    def test_shows_areas_and_frames_of_the_run(self):
        counters = self.result("out")["counters"]["os"]
        rows = {cells[0].text: int(cells[1].text.replace(",", "")) for cells in
                (row.find_elements(By.TAG_NAME, "td") for row in self.all("#legend tr")) if cells}
        tables = sum(n for name, n in rows.items() if name.startswith("page tables"))
        self.assertEqual(tables, counters["table_pages"])
        self.assertGreater(len(self.all("#space li.area")), 1)
        self.assertGreater(len(self.all("#frames rect")), 1)

    def test_a_choice_by_mouse_and_by_keyboard_shows_whose_frames_lie_where(self):
        area = self.all("#space li.area")[0]
        owner = area.get_attribute("data-owner")
        on = lambda: {r.get_attribute("data-owner") for r in self.all("#frames rect.on")}
        area.click()
        self.assertEqual(on(), {owner})
        area.click()
        self.assertEqual(on(), set())
        area.send_keys(Keys.ENTER)
        self.assertEqual(on(), {owner})

    def test_fits_a_phone_and_the_dark(self):
        self.check_phone_and_dark()

    def test_needs_no_network(self):
        html = self.bytes_of("l.html").decode()
        self.assertIn("default-src 'none'", html)
        self.assertFalse(re.search(r'(?:src|href)=', html))


if __name__ == "__main__":
    main()

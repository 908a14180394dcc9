"""The finder and planter of faults, on small pieces of C++."""
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from planted import ROOT

sys.path.insert(0, str(ROOT / "scripts"))
sys.path.insert(0, str(ROOT / "scripts" / "mutation"))
import mutate  # noqa: E402
from faults import faults_in  # noqa: E402
from plant import HEADER, numbers_in, planted  # noqa: E402
from report import summary  # noqa: E402


def function(body):
    return "int f(int a, int b) {\n" + body + "\n}\n"


class Finder(unittest.TestCase):
    def assert_faults(self, text, *expected):
        """Expects exactly these (kind, line after the fault)."""
        found = [(fault.kind, fault.after) for fault in faults_in("x.cpp", text)]
        self.assertEqual(sorted(found), sorted(expected))

    def test_operators_of_a_return(self):
        self.assert_faults(function("return a < b;"), ("operator", "return a <= b;"),
                           ("operator", "return a >= b;"))

    def test_brackets_of_templates_references_and_signs_are_no_operators(self):
        self.assert_faults(function("const Box<int>& box = -a;\nreturn static_cast<int>(*box);"))

    def test_a_condition_is_forced_both_ways(self):
        self.assert_faults(function("if (a) return b;"), ("branch", "if (true) return b;"),
                           ("branch", "if (false) return b;"))

    def test_a_condition_that_declares_is_not_forced(self):
        self.assert_faults(function("if (const int* p = g(a)) return b;"))

    def test_a_choice_is_forced_both_ways(self):
        self.assert_faults(function("return a ? b : a;"), ("branch", "return a && false ? b : a;"),
                           ("branch", "return a || true ? b : a;"))

    def test_constants_become_their_neighbours(self):
        self.assert_faults(function("const int c = 0;\nreturn a[7];"),
                           ("constant", "const int c = 1;"), ("constant", "return a[8];"),
                           ("constant", "return a[6];"))

    def test_statements_are_left_out_and_declarations_are_not(self):
        self.assert_faults(function("Box box = b;\nbox.put(a);"), ("statement", ";"))

    def test_increments_turn_round(self):
        self.assert_faults(function("++a;"), ("statement", ";"), ("operator", "--a;"))

    def test_lambdas_have_units_of_their_own(self):
        self.assert_faults(function("g([&](int x) { return !x; });"),
                           ("statement", ";"), ("operator", "g([&](int x) { return x; });"))

    def test_members_of_classes_and_values_of_constructors(self):
        self.assert_faults("class A {\n public:\n  A(int x) : x_(x + y),\n z_{} {}\n"
                           "  int x_ = 1;\n  virtual void f() = 0;\n};\n",
                           ("operator", "A(int x) : x_(x - y),"), ("constant", "int x_ = 2;"),
                           ("constant", "int x_ = 0;"))

    def test_what_is_said_to_people_is_left_alone(self):
        self.assert_faults("void explain_stall() { g(1 + 2); }\n"
                           + function("log_message(1, [] { return 2; });\n// a < b\n"))

    def test_comments_and_strings_hold_no_faults(self):
        self.assert_faults(function('/* a < b */ return "a < b"; // 1'))

    def test_every_file_drawn_from_is_there_and_has_faults(self):
        found = {fault.file for fault in mutate.all_faults(ROOT)}
        for file in ("hw/arch/walk.cpp", "hw/arch/rights.hpp", "hw/arch/software_interface.hpp",
                     "hw/mmu/tlb.cpp", "hw/mmu/walk_cache.hpp", "hw/mmu/translation_slots.hpp"):
            self.assertIn(file, found)


class Order(unittest.TestCase):
    def test_it_is_the_same_for_faults_that_are_the_same(self):
        """Of what remains, the order does not change when code is added before it."""
        def drawn(text):
            faults = list(faults_in("x.cpp", text))
            order = mutate.order_of_drawing(faults, 3)
            self.assertEqual(sorted(order), list(range(len(faults))))
            return [faults[number].after for number in order]
        before = function("return a < b + 1;")
        more = drawn(function("return a == 7;").replace("f(", "g(") + before)
        self.assertEqual([after for after in more if "==" not in after and "!=" not in after],
                         drawn(before))


SMALL = """
static constexpr int kStep = 1;
struct Limit {
  int least = 1;
  constexpr bool holds(int x) const { return x >= least && x <= 3; }
};
static_assert(Limit{}.holds(1));
int count(int from) {
  int sum = 0;
  for (int i = from; i < 5; ++i) {
    if (Limit{}.holds(i)) sum += kStep;  // said once
    else if (i > 100) return -1;
  }
  return sum;
}
"""
MAIN = "#include <cstdio>\n" + SMALL + 'int main() { std::printf("%d", count(0)); }\n'


class Planter(unittest.TestCase):
    def test_lines_keep_their_numbers_and_name_the_faults_in_them(self):
        faults = dict(enumerate(faults_in("x.cpp", SMALL)))
        text = planted(SMALL, faults)
        self.assertEqual(text.count("\n"), SMALL.count("\n"))
        for number, fault in faults.items():
            self.assertIn(number, numbers_in(text.split("\n")[fault.line - 1]))

    def test_the_one_asked_for_is_active_and_no_other(self):
        faults = dict(enumerate(faults_in("x.cpp", MAIN)))
        wanted = {"static constexpr int kStep = 2;": "6", "int least = 2;": "2",
                  "if (true) sum += kStep; // said once": "5", "int sum = 1;": "4",
                  "constexpr bool holds(int x) const { return x >= least || x <= 3; }": "5"}
        numbers = {fault.after: number for number, fault in faults.items()}
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "x.cpp").write_text(HEADER.replace("#pragma once", "")
                                                + planted(MAIN, faults))
            subprocess.run(["c++", "-std=c++17", "-w", "x.cpp"], cwd=folder, check=True)

            def output(number):
                return subprocess.run([Path(folder) / "a.out"], capture_output=True, text=True,
                                      env={**os.environ, "MMUSIM_MUTANT": str(number)},
                                      check=True).stdout
            self.assertEqual(output(-1), "3")
            self.assertEqual({after: output(numbers[after]) for after in wanted}, wanted)


class Report(unittest.TestCase):
    def test_survivors_known_to_change_nothing_are_counted_apart(self):
        faults = dict(enumerate(faults_in("x.cpp", function("return a < b;\nreturn a + b;"))))
        known = [{"file": "x.cpp", "before": "return a < b;", "after": "return a <= b;",
                  "reason": "a is never b"}]
        counts = summary(faults, {0: None, 1: None, 2: ("unit/A", "fails")}, known)
        self.assertEqual(counts, {"drawn": 3, "caught": 1, "harmless": 1, "survived": 1})


if __name__ == "__main__":
    unittest.main()

"""Each pattern of check_text.py, planted. The words are put together here, so that the check of
the repository does not find them in this file."""
import unittest

from planted import PlantedTree


class CheckText(PlantedTree):
    script = "check_text.py"

    def test_ordinary_text_is_clean(self):
        self.assert_clean({"a.md": "see out/tmp/x, build/home/ and the workload\n",
                           "b.cpp": "int x;\n" * 400})

    def test_a_source_file_of_401_lines_is_found(self):
        self.assert_found({"b.cpp": "int x;\n" * 401}, "b.cpp: 401 lines")

    def test_text_and_data_may_be_long(self):
        self.assert_clean({"b.md": "x\n" * 500, "c.json": "1\n" * 500})

    def test_paths_of_a_machine_are_found_with_their_line(self):
        for folder in ("wo" "rk", "ho" "me", "ro" "ot", "tm" "p"):
            self.assert_found({"a.md": f"one\nlies in /{folder}/x\n"}, "a.md:2", "one machine")

    def test_a_line_of_valgrind_may_name_files_of_the_traced_program(self):
        self.assert_clean({"a.cpp": '"SYSCALL[7,1](257) sys_openat ( 1, 0x1(/tm' 'p/x) )"\n'})

    def test_hosts_of_registries_are_found(self):
        self.assert_found({"a.sh": "curl registry.np" "mjs.org\n"}, "a.sh:1", "registry")

    def test_marks_of_open_work_are_found(self):
        for mark in ("TO" "DO", "FIX" "ME", "not imple" "mented"):
            self.assert_found({"a.cpp": f"// {mark}: later\n"}, "a.cpp:1", "left open")

    def test_tests_that_are_switched_off_are_found(self):
        for mark in ("TEST(A, DISAB" "LED_B)", "GTEST_SK" "IP();"):
            self.assert_found({"a.cpp": mark + "\n"}, "a.cpp:1", "switched off")


if __name__ == "__main__":
    unittest.main()

"""The shell of CI: a failure anywhere must be in the verdict and in the exit status."""
import subprocess
import tempfile
import unittest

from planted import ROOT

HEAD = f"""
set -uo pipefail
source {ROOT}/scripts/steps.sh
source {ROOT}/scripts/verdict.sh
logs=$PWD
"""


class Steps(unittest.TestCase):
    def run_steps(self, body):
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(["bash", "-c", HEAD + body], cwd=folder, capture_output=True,
                                  text=True, check=False)
        return done.returncode, done.stdout

    def test_all_passed_is_said_last(self):
        status, output = self.run_steps('step "one" true; step "two" true; verdict it')
        self.assertEqual(status, 0)
        self.assertRegex(output.splitlines()[-1], r"^it: PASSED \(2 steps")

    def test_steps_after_a_failure_still_run_and_the_verdict_says_failed(self):
        status, output = self.run_steps('step "one" false; step "two" echo ran; verdict it')
        self.assertEqual(status, 1)
        self.assertIn("ran\n", output)
        self.assertRegex(output, r"one +FAILED")
        self.assertRegex(output.splitlines()[-1], r"^it: FAILED \(1 of 2 steps")

    def test_a_failed_suite_fails_and_its_closing_lines_are_shown_again(self):
        status, output = self.run_steps("""
            ctest() { printf 'noise\\n50%% tests passed, 1 tests failed out of 2\\nErrors\\n'; false; }
            step "suite" run_suite mine release
            verdict it""")
        self.assertEqual(status, 1)
        self.assertEqual(output.count("noise"), 1)
        self.assertEqual(output.count("50% tests passed, 1 tests failed out of 2\nErrors"), 2)

    def test_a_suite_that_passes_is_a_step_that_passes(self):
        status, output = self.run_steps("""
            ctest() { echo '100% tests passed, 0 tests failed out of 2'; }
            step "suite" run_suite mine release
            verdict it""")
        self.assertEqual(status, 0)
        self.assertEqual(output.count("100% tests passed"), 2)

    def test_a_build_whose_configuration_fails_fails(self):
        status, output = self.run_steps("""
            cmake() { echo 'no such preset'; false; }
            step "build" build nothing
            verdict it""")
        self.assertEqual(status, 1)
        self.assertIn("no such preset", output)


if __name__ == "__main__":
    unittest.main()

"""setup.sh against a system that is played by small scripts in PATH."""
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from planted import ROOT

# Commands that setup.sh uses and that are not played.
REAL = ["bash", "env", "cat"]


class Setup(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.bin = Path(self.folder.name)
        for name in REAL:
            (self.bin / name).symlink_to(subprocess.check_output(
                ["bash", "-c", f"type -P {name}"], text=True).strip())
        self.log = self.bin / "log"
        self.play("sleep", "")
        self.play("id", "echo 0")
        self.play("dpkg-query", 'echo -n not-installed')
        self.play("apt-get", f'echo "$@" >>{self.log}')

    def play(self, name, body):
        file = self.bin / name
        file.write_text(f"#!{self.bin}/bash\n{body}\n", encoding="utf-8")
        file.chmod(0o755)

    def run_setup(self, *arguments):
        done = subprocess.run([self.bin / "bash", ROOT / "scripts/setup.sh", *arguments],
                              env={"PATH": str(self.bin), "HOME": os.environ.get("HOME", "/")},
                              capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr

    def calls(self):
        return self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []

    def test_what_is_missing_is_installed_in_one_call_without_questions(self):
        self.play("dpkg-query", 'for last; do :; done; '
                  '[[ $last == cmake || $last == git ]] && echo -n not-installed || '
                  'echo -n installed')
        status, output, _ = self.run_setup()
        self.assertEqual(status, 0)
        self.assertEqual(self.calls(),
                         ["-q update", "-q install -y --no-install-recommends git cmake"])
        self.assertIn("installing 2 of", output)

    def test_a_second_run_does_nothing_and_says_so(self):
        self.play("dpkg-query", "echo -n installed")
        status, output, _ = self.run_setup("--with-checks")
        self.assertEqual((status, self.calls()), (0, []))
        self.assertIn("nothing to do", output)

    def test_a_removed_package_whose_configuration_is_left_counts_as_missing(self):
        self.play("dpkg-query", "echo -n config-files")
        self.run_setup()
        self.assertIn("libsystemc-dev", self.calls()[1])

    def test_a_dry_run_names_the_packages_and_installs_nothing(self):
        status, output, _ = self.run_setup("--dry-run")
        self.assertEqual((status, self.calls()), (0, []))
        self.assertIn("would install", output)
        self.assertIn("libsystemc-dev", output)

    def test_tools_for_the_checks_come_only_when_asked_for(self):
        self.assertNotIn("clang-tidy", self.run_setup("--dry-run")[1])
        self.assertIn("clang-tidy", self.run_setup("--dry-run", "--with-checks")[1])

    def test_verilator_comes_only_when_asked_for(self):
        self.assertNotIn("verilator", self.run_setup("--dry-run", "--with-checks")[1])
        self.assertIn("verilator", self.run_setup("--dry-run", "--with-rtl")[1])

    def test_update_is_tried_a_second_time(self):
        self.play("apt-get", f'echo "$@" >>{self.log}; '
                  f'[[ $2 != update || $(<{self.log}) == *update*update* ]]')
        self.assertEqual(self.run_setup()[0], 0)
        self.assertEqual([call.split()[1] for call in self.calls()],
                         ["update", "update", "install"])

    def test_two_failed_updates_end_it_with_a_message(self):
        self.play("apt-get", f'echo "$@" >>{self.log}; false')
        status, _, message = self.run_setup()
        self.assertEqual((status, len(self.calls())), (1, 2))
        self.assertIn("failed twice", message)

    def test_a_user_with_sudo_installs_through_it(self):
        self.play("id", "echo 1000")
        self.play("sudo", f'echo sudo >>{self.log}; exec "$@"')
        self.assertEqual(self.run_setup()[0], 0)
        self.assertEqual(self.calls()[:2], ["sudo", "-q update"])

    def test_a_user_without_sudo_gets_the_command_to_run_as_root(self):
        self.play("id", "echo 1000")
        status, _, message = self.run_setup()
        self.assertEqual((status, self.calls()), (1, []))
        self.assertIn("no sudo", message)
        self.assertIn("apt-get install", message)

    def test_another_distribution_gets_the_list(self):
        (self.bin / "dpkg-query").unlink()
        status, _, message = self.run_setup()
        self.assertEqual((status, self.calls()), (1, []))
        self.assertIn("no Debian", message)
        self.assertIn("libsystemc-dev", message)

    def test_an_unknown_option_is_a_usage_error(self):
        status, _, message = self.run_setup("--fast")
        self.assertEqual((status, self.calls()), (2, []))
        self.assertIn("--fast", message)


if __name__ == "__main__":
    unittest.main()

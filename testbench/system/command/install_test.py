"""What is installed works from where it lies: program, manual page, completions.

install_test.py MMUSIM BUILD SUITE
"""
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

BUILD = Path(sys.argv.pop(2))

import support  # noqa: E402  takes the program's path

BASH = r"""
source "$1"
complete_line() {  # LINE: the answers, one a line
  COMP_LINE=$1 COMP_POINT=${#1}
  _mmusim
  printf '%s\n' "${COMPREPLY[@]}"
}
complete_line "$2"
"""
ZSH = r"""
compadd() {  # what the shell would offer: the words behind "--"
  while [[ $1 != -- ]]; do shift; done
  shift
  print -l -- "$@"
}
_files() { print FILES }
words=(mmusim "${(@)argv[2,-1]}")
CURRENT=$#words
source "$1"
"""


class InstallTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.prefix = Path(folder.name, "usr")
        subprocess.run(["cmake", "--install", BUILD, "--prefix", cls.prefix], check=True,
                       stdout=subprocess.DEVNULL)
        cls.environment = {**os.environ,
                           "PATH": f"{cls.prefix / 'bin'}:{os.environ['PATH']}"}

    def output(self, *words, cwd=None):
        return subprocess.run([str(word) for word in words], env=self.environment, text=True,
                              check=True, capture_output=True, timeout=300,
                              cwd=cwd or self.prefix).stdout


class Installed(InstallTest):
    def test_the_program_needs_nothing_of_the_source_folder(self):
        self.assertIn("cva6", self.output("mmusim", "machine", "list"))
        self.output("mmusim", "machine", "check", self.prefix / "share/mmusim/presets/cva6.toml")
        self.assertTrue((self.prefix / "share/doc/mmusim/command.md").exists())

    def test_a_suite_of_an_installed_program_starts_itself_again(self):
        trace = Path(__file__).resolve().parents[3] / "traces/samples/sort.mmt"
        suite = self.prefix / "s.toml"
        suite.write_text(f'traces = ["{trace}"]\nfigures = ["cycles"]\noptions.instructions = 1000\n')
        self.assertIn("1 figures, new", self.output("mmusim", "regress", "--accept", suite))
        self.assertIn("1 passed", self.output("mmusim", "regress", suite))

    def test_the_python_package_finds_the_program_beside_it(self):
        trace = Path(__file__).resolve().parents[3] / "traces/samples/sort.mmt"
        call = f'import mmusim; print(mmusim.run("cva6", "{trace}", instructions=1000))'
        environment = {**os.environ, "PYTHONPATH": str(self.prefix / "lib/python3/dist-packages")}
        environment.pop("MMUSIM_PROGRAM", None)
        done = subprocess.run([sys.executable, "-c", call], env=environment, text=True, check=True,
                              capture_output=True)
        self.assertIn("<mmusim.Result sort.mmt on cva6: done, ", done.stdout)


class Bash(InstallTest):
    def answers(self, line, cwd=None):
        script = self.prefix / "share/bash-completion/completions/mmusim"
        return self.output("bash", "--norc", "-c", BASH, "bash", script, line, cwd=cwd).splitlines()

    def test_commands_and_options(self):
        self.assertEqual(self.answers("mmusim sw"), ["sweep"])
        self.assertEqual(self.answers("mmusim run --map"), ["--map-on-touch"])
        self.assertEqual(self.answers("mmusim run -m cva"), ["cva6"])

    def test_knobs_and_their_values(self):
        self.assertEqual(self.answers("mmusim run --set mmu.stlb.repl"), ["mmu.stlb.replacement="])
        # Bash replaces only what stands behind '='.
        self.assertEqual(self.answers("mmusim run --set mmu.stlb.replacement=lr"), ["lru"])

    def test_files(self):
        (self.prefix / "a trace.mmt").touch()
        self.assertEqual(self.answers("mmusim run a", cwd=self.prefix), ["a trace.mmt"])

    def test_each_command_of_the_help_is_there(self):
        lines = self.output("mmusim", "--help").split("Subcommands:\n")[1].splitlines()
        commands = [line.split()[0] for line in lines if line.startswith("  ") and line[2] != " "]
        self.assertGreater(len(commands), 6)
        self.assertEqual(sorted(self.answers("mmusim ")), sorted(commands))


class Zsh(InstallTest):
    def answers(self, *words):
        script = self.prefix / "share/zsh/site-functions/_mmusim"
        return self.output("zsh", "-f", "-c", ZSH, "zsh", script, *words).splitlines()

    def test_commands_options_and_knobs(self):
        self.assertEqual(self.answers("sw"), ["sweep"])
        self.assertEqual(self.answers("run", "--map"), ["--map-on-touch"])
        self.assertEqual(self.answers("run", "--set", "mmu.stlb.replacement=lr"),
                         ["mmu.stlb.replacement=lru"])
        self.assertEqual(self.answers("run", ""), ["FILES"])


class Manual(InstallTest):
    PAGE = "share/man/man1/mmusim.1"

    def test_it_renders_without_warnings(self):
        done = subprocess.run(["groff", "-man", "-ww", "-Tutf8", self.prefix / self.PAGE], text=True,
                              capture_output=True, check=True)
        self.assertEqual(done.stderr, "")
        text = re.sub(".\x08", "", done.stdout)  # bold is overprinting
        for word in ("regress [OPTIONS] SUITE", "--accept", "trace convert", "Exit"):
            self.assertIn(word, text.replace("‐", "-").replace("−", "-"))


if __name__ == "__main__":
    unittest.main()

"""Installs what was built, then builds and runs the examples against the installation alone.
usage: install_test.py BUILD SOURCE COMPILER [PYTHON_OF_THE_EXTENSION]"""
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

BUILD, SOURCE = (Path(arg) for arg in sys.argv[1:3])
COMPILER = sys.argv[3]
PYTHON = next(iter(sys.argv[4:]), None)


def run(*command, **options):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          check=False, **options)
    if done.returncode != 0:
        raise AssertionError(f"{command} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


class Install(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.work = Path(cls.folder.name)
        cls.prefix = cls.work / "usr"
        run("cmake", "--install", BUILD, "--prefix", cls.prefix)
        cls.libraries = next(cls.prefix.glob("lib*/**/pkgconfig")).parent

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_the_command_runs_from_there(self):
        self.assertIn("research-baseline", run(self.prefix / "bin/mmusim", "machine", "list"))

    @unittest.skipIf(PYTHON is None, "no Python extension in this build")
    def test_the_python_package_runs_from_there(self):
        package = self.prefix / "lib/python3/dist-packages"
        environment = {**os.environ, "PYTHONPATH": str(package), "PATH": "/none"}
        environment.pop("MMUSIM_PROGRAM", None)
        cycles = run(PYTHON, "-c", f"""if True:
            import mmusim
            print(mmusim.core.extension.__file__)
            for here in (True, False):
                print(mmusim.run("cva6", "{SOURCE}/traces/samples/sort.mmt", instructions=9000,
                                 in_process=here)["cycles"])""", env=environment).split()
        self.assertEqual(Path(cycles[0]).parent, package / "mmusim")
        self.assertEqual(cycles[1], cycles[2])

    def check_tlm_system(self, program):
        # One cycle is 1 ns; memory takes 30 ns. STLB and walk cache by default: a walk of three
        # reads of 30 + 2 cycles each.
        lines = run(program).splitlines()
        times = {line.split(":")[0]: line for line in lines}
        first = int(times["first load"].split(": ")[1].split(" ns")[0])
        self.assertGreater(first, 3 * 32 + 30)
        self.assertIn("second load: 31 ns, PA 0x100010", lines)  # DTLB 1, memory 30
        self.assertIn("PA 0x100008", times["first store"])
        self.assertIn("fault: page not present", times["a page that is not mapped"])
        self.assertIn("PA 0x101000", times["mapped"])
        self.assertEqual(lines[-1], "4 walks")  # two of page 0: the store sets D

    def test_programs_find_the_cmake_package(self):
        build = self.work / "by-cmake"
        run("cmake", "-S", SOURCE / "examples/embedding", "-B", build, "-G", "Ninja",
            f"-DCMAKE_PREFIX_PATH={self.prefix}", f"-DCMAKE_CXX_COMPILER={COMPILER}",
            "-DCMAKE_BUILD_TYPE=Release")
        run("cmake", "--build", build)
        self.check_tlm_system(build / "tlm_system")
        lines = run(build / "platform_run", SOURCE / "traces/samples/sort.mmt").splitlines()
        misses = [int(line.split(": ")[1].split(" misses")[0]) for line in lines]
        self.assertEqual(len(misses), 3)
        self.assertEqual(misses, sorted(misses, reverse=True))

    def test_programs_find_it_by_pkg_config(self):
        paths = [str(self.libraries / "pkgconfig"), os.environ.get("PKG_CONFIG_PATH", "")]
        environment = dict(os.environ, PKG_CONFIG_PATH=":".join(paths).rstrip(":"))
        flags = run("pkg-config", "--define-prefix", "--cflags", "--libs", "mmusim",
                    env=environment).split()
        program = self.work / "tlm_system"
        run(COMPILER, SOURCE / "examples/embedding/tlm_system.cpp", "-o", program, *flags)
        self.check_tlm_system(program)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])

#!/usr/bin/env python3
"""Records the golden files (testbench/golden) again. update_golden.py [PROGRAM]; default:
build/release/mmusim. Prints what moved: it belongs in the commit's message."""
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "testbench" / "golden"))
sys.dont_write_bytecode = True
import golden_test  # noqa: E402


def main():
    program = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build" / "release" / "mmusim")
    if not program.exists():
        print(f"update_golden.py: {program} is not there; build it first", file=sys.stderr)
        return 2
    for preset in golden_test.PRESETS:
        path = golden_test.golden_file(preset)
        result = golden_test.simulate(program, preset)
        before = json.loads(path.read_text()) if path.exists() else {}
        moved = list(golden_test.differences(before, result))
        print(f"{preset}: {len(moved)} figures moved")
        print("".join(f"  {line}\n" for line in moved) if before else "", end="")
        path.write_text(json.dumps(result, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

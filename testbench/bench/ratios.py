"""Speed of two mmusim-bench programs by turns. ratios.py OLD NEW PAIRS [BENCH ARGUMENTS]"""
import json
import statistics
import subprocess
import sys


def measure(program, words):
    done = subprocess.run([program, "--json", *words], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def summary(pairs):
    """Of each case: median, least and greatest of (old time / new time) over the pairs."""
    table = {}
    for name in pairs[0][0]:
        ratios = [old[name]["cpu_seconds"] / new[name]["cpu_seconds"] for old, new in pairs]
        table[name] = (statistics.median(ratios), min(ratios), max(ratios))
    return table


def main():
    old, new, count, *words = sys.argv[1:]
    pairs = []
    for i in range(int(count)):
        # Each goes first half of the time.
        first, second = (old, new) if i % 2 == 0 else (new, old)
        one, two = measure(first, words), measure(second, words)
        pairs.append((one, two) if i % 2 == 0 else (two, one))
        print(f"pair {i + 1} of {count}", file=sys.stderr)
    print(f"{'case':<8} {'new/old speed':>13} {'least':>7} {'most':>7}   ({count} pairs)")
    for name, (median, least, most) in summary(pairs).items():
        print(f"{name:<8} {median:>13.3f} {least:>7.3f} {most:>7.3f}")


if __name__ == "__main__":
    main()

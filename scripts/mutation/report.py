"""What came of the planted faults, as a page."""
from collections import Counter


def known_reason(fault, known):
    """Why this fault is one that no test can catch, if that has been found before."""
    for entry in known:
        if (entry["file"], entry["before"], entry["after"]) == (fault.file, fault.before,
                                                                fault.after):
            return entry["reason"]
    return None


def summary(faults, results, known):
    """Counts: drawn, caught, survivors known to be none, survivors."""
    survived = [n for n, result in results.items() if result is None]
    harmless = [n for n in survived if known_reason(faults[n], known)]
    return {"drawn": len(results), "caught": len(results) - len(survived),
            "harmless": len(harmless), "survived": len(survived) - len(harmless)}


def page(faults, results, known, head):
    counts = summary(faults, results, known)
    lines = [f"# Planted faults: {counts['caught']} of {counts['drawn']} caught", "", head, ""]
    tiers = Counter(result[0].split("/")[0] for result in results.values() if result)
    lines += [f"Caught first by: {', '.join(f'{tier} {n}' for tier, n in tiers.most_common())}",
              "", "## Survivors", ""]
    for number, result in results.items():
        if result is None:
            lines += _described(number, faults[number])
            lines += [f"  {known_reason(faults[number], known) or 'NOT EXPLAINED'}", ""]
    lines += ["## Caught", ""]
    for number, result in results.items():
        if result is not None:
            lines += _described(number, faults[number]) + [f"  {result[0]} {result[1]}", ""]
    return "\n".join(lines)


def _described(number, fault):
    return [f"* {number}: {fault.file}:{fault.line} ({fault.kind})", f"  - `{fault.before}`",
            f"  + `{fault.after}`"]

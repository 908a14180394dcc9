"""Plants many faults in one program: each unit becomes a choice between copies of itself, and a
number in the environment says which fault is active ("mutant schemata")."""
import re

from cpp_tokens import without_comments

# MMUSIM_MUTANT: the active one. MMUSIM_MUTANTS_REACHED: a file with a byte for each, set when the
# place is passed; shared, so that children and processes that end hard are seen too.
HEADER = """#pragma once
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cstdlib>
namespace mutant {
inline int read_active() {
  const char* text = std::getenv("MMUSIM_MUTANT");
  return text == nullptr ? -1 : std::atoi(text);
}
inline char* map_reached() {
  const char* path = std::getenv("MMUSIM_MUTANTS_REACHED");
  if (path == nullptr) return nullptr;
  const int file = ::open(path, O_RDWR);
  void* const at = ::mmap(nullptr, 65536, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  return at == MAP_FAILED ? nullptr : static_cast<char*>(at);
}
inline bool is_active(int number) {
  static const int active = read_active();
  static char* const reached = map_reached();
  if (reached != nullptr) reached[number] = 1;
  return number == active;
}
// Where the compiler evaluates, nothing is active.
constexpr bool is(int number) {
  return !__builtin_is_constant_evaluated() && is_active(number);
}
}  // namespace mutant
"""
REACHED_BYTES = 65536


def planted(text, faults):
    """`text` with all of `faults` (number -> Fault) in it; lines keep their numbers."""
    units = {}
    for number, fault in faults.items():
        units.setdefault((fault.unit_start, -fault.unit_end), {})[number] = fault
    return _render(text, 0, len(text), sorted(units.items()))


def numbers_in(line):
    """Of the faults that a line of a planted text holds."""
    return {int(number) for number in re.findall(r"mutant::is(?:_active)?\((\d+)\)", line)}


def _render(text, begin, end, units):
    out = []
    while units:
        (start, minus_stop), faults = units.pop(0)
        stop = -minus_stop
        inner = []
        while units and units[0][0][0] < stop:
            inner.append(units.pop(0))
        out += [text[begin:start], _choice(text, start, stop, faults, inner)]
        begin = stop
    return "".join(out) + text[begin:end]


def _choice(text, start, stop, faults, inner):
    first = next(iter(faults.values()))
    copies = {number: _flat(text[start:f.start] + f.text + text[f.end:stop])
              for number, f in faults.items()}
    original = _flat(_render(text, start, stop, inner))
    ask = "mutant::is" if first.unit.at_compile_time else "mutant::is_active"
    if first.unit.form in ("statement", "jump"):
        choice = "{ " + "".join(f"if ({ask}({n})) {{ {copy} }} else " for n, copy in copies.items())
        choice += "{ " + original + " } }"
    elif first.unit.value:
        head, value = original.split("=", 1)
        values = "".join(f"{ask}({n}) ? ({copy.split('=', 1)[1].strip(' ;')}) : "
                         for n, copy in copies.items())
        inline = "inline const" if first.unit.form == "constant" else "const"
        choice = f"{head.replace('constexpr', inline)}= {values}({value.strip(' ;')});"
    else:
        to = "static_cast<bool>" if first.unit.form in ("condition", "loop") else ""
        choice = "(" + "".join(f"{ask}({n}) ? {to}({copy}) : " for n, copy in copies.items())
        choice += f"{to}({original}))"
    return choice + "\n" * text.count("\n", start, stop)


def _flat(text):
    return " ".join(without_comments(text).split())

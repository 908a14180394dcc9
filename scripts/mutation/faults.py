"""The single faults that can be planted in a C++ file: one operator, constant, branch or
statement that is another one, or is not there."""
import re
from dataclasses import dataclass

from units import Unit, find_units

OTHER_OPERATORS = {
    "<": ("<=", ">="), "<=": ("<", ">"), ">": (">=", "<="), ">=": (">", "<"),
    "==": ("!=",), "!=": ("==",), "&&": ("||",), "||": ("&&",),
    "+": ("-",), "-": ("+",), "*": ("/",), "/": ("*",), "%": ("/",),
    "<<": (">>",), ">>": ("<<",), "&": ("|",), "|": ("&",), "^": ("|",),
    "+=": ("-=",), "-=": ("+=",), "|=": ("&=",), "&=": ("|=",),
}
_WHOLE_NUMBER = re.compile(r"(0x[0-9a-fA-F]+|\d+)([uUlL]*)$")


@dataclass(frozen=True)
class Fault:
    file: str
    line: int
    kind: str
    start: int  # characters [start, end) of the file become `text`
    end: int
    text: str
    unit: Unit
    unit_start: int
    unit_end: int
    before: str  # the lines concerned, for people
    after: str


def faults_in(file, text):
    """All faults of a file, in its order."""
    toks, units = find_units(text)
    for unit in units:
        for kind, start, end, new in _faults_of(toks, unit):
            begin = text.rfind("\n", 0, start) + 1
            stop = text.find("\n", end)
            yield Fault(file, text.count("\n", 0, start) + 1, kind, start, end, new, unit,
                        toks[unit.first].start, toks[unit.last - 1].end,
                        _one_line(text[begin:stop]),
                        _one_line(text[begin:start] + new + text[end:stop]))


def _one_line(text):
    return " ".join(text.split())


def _faults_of(toks, unit):
    first, last = toks[unit.first], toks[unit.last - 1]
    if unit.form == "condition":
        whole = (first.start, last.end)
        yield ("branch", *whole, "true")
        yield ("branch", *whole, "false")
    if unit.form == "statement":
        yield "statement", first.start, last.end, ";"
    for i in unit.own:
        if i >= unit.value:  # of a constant only its value
            yield from _faults_at(toks, i)


def _faults_at(toks, i):
    tok = toks[i]
    if tok.text in OTHER_OPERATORS and tok.spaced:
        for other in OTHER_OPERATORS[tok.text]:
            yield "operator", tok.start, tok.end, other
    elif tok.text == "?":
        yield "branch", tok.start, tok.end, "&& false ?"
        yield "branch", tok.start, tok.end, "|| true ?"
    elif tok.text in ("!", "~"):
        yield "operator", tok.start, tok.end, ""
    elif tok.text in ("++", "--"):
        yield "operator", tok.start, tok.end, "--" if tok.text == "++" else "++"
    elif tok.text in ("true", "false"):
        yield "constant", tok.start, tok.end, "false" if tok.text == "true" else "true"
    elif tok.kind == "number" and _WHOLE_NUMBER.match(tok.text):
        digits, suffix = _WHOLE_NUMBER.match(tok.text).groups()
        value = int(digits, 0)
        for other in (value + 1, value - 1):
            if other >= 0:
                yield "constant", tok.start, tok.end, f"{other}{suffix}"

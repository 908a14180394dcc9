"""C++ as a flat list of tokens with matched brackets: as much as finding faults to plant needs."""
import re
from dataclasses import dataclass

_TOKEN = re.compile(r"""
    (?P<comment>//[^\n]*|/\*.*?\*/)
  | (?P<directive>(?m:^[ ]*\#[^\n]*))
  | (?P<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+')
  | (?P<number>\.?\d(?:'?[\w.])*)
  | (?P<name>[A-Za-z_]\w*)
  | (?P<mark><<=|>>=|->|::|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||\+=|-=|\*=|/=|%=|&=|\|=|\^=|[^\s])
  """, re.VERBOSE | re.DOTALL)
_CLOSING = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True)
class Token:
    """`spaced`: white space on both sides. The formatter gives it to binary operators, and never
    to brackets of templates, references, pointers and signs."""
    kind: str
    text: str
    start: int
    end: int
    spaced: bool


def tokens(text):
    found = []
    for match in _TOKEN.finditer(text):
        if match.lastgroup in ("comment", "directive"):
            continue
        around = text[match.start() - 1:match.start()] + text[match.end():match.end() + 1]
        found.append(Token(match.lastgroup, match.group(), match.start(), match.end(),
                           len(around) == 2 and around.isspace()))
    return found


def partners(toks):
    """Index of each opening bracket -> index of its closing one."""
    pairs, open_ones = {}, []
    for i, tok in enumerate(toks):
        if tok.kind == "mark" and tok.text in _CLOSING:
            open_ones.append(i)
        elif tok.kind == "mark" and tok.text in _CLOSING.values():
            opening = open_ones.pop()
            if _CLOSING[toks[opening].text] != tok.text:
                raise ValueError(f"brackets do not match at offset {tok.start}")
            pairs[opening] = i
    if open_ones:
        raise ValueError(f"bracket at offset {toks[open_ones[-1]].start} is not closed")
    return pairs


def without_comments(text):
    return _TOKEN.sub(lambda m: " " if m.lastgroup == "comment" else m.group(), text)

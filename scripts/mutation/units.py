"""Where a C++ file can be made to do one thing or another at run time: its units.

A unit is a stretch of text that can be replaced by a choice between copies of itself: a value (the
right side of an initialisation, an argument of a constructor, a condition), a statement, or the
declaration of a constant. Units nest: a statement holds the lambdas in it.
"""
from dataclasses import dataclass, field

from cpp_tokens import partners, tokens

# What is said to people is not what the hardware does.
TEXT_FUNCTIONS = {"explain_stall", "about", "name_of", "fields"}
TEXT_STATEMENTS = {"log_message", "out", "assert", "static_assert", "using", "typedef"}
_SCOPES = {"namespace", "class", "struct", "union"}


@dataclass
class Unit:
    form: str  # value, condition, loop, statement, jump (a statement that cannot be left out),
    #            constant (known to the compiler; of a class or file), local constant (of a function)
    first: int  # tokens [first, last)
    last: int
    at_compile_time: bool  # may be evaluated by the compiler too
    value: int = 0  # constants: the first token of the value
    own: list = field(default_factory=list)  # tokens that belong to no unit inside of this one


class Finder:
    def __init__(self, text):
        self.toks = tokens(text)
        self.pairs = partners(self.toks)
        self.units = []
        self.constexpr = False  # of the function, or the value of a member, that is read

    def is_at(self, i, *texts):
        return i < len(self.toks) and self.toks[i].text in texts

    def skip(self, i):
        """Behind token `i`, or behind the bracket that it opens."""
        return self.pairs.get(i, i) + 1

    def outer(self, first, last):
        """Tokens of [first, last) that are in no bracket within; opening brackets included."""
        while first < last:
            yield first
            first = self.skip(first)

    # --- Outside of functions ---

    def scope(self, i, end):
        head = i
        while i < end:
            if self.is_at(i, "{"):
                i = self.opened(head, i, end)
                head = i
            elif self.is_at(i, ";"):
                self.constexpr = True
                self.declaration(head, i, in_class=True)
                self.constexpr = False
                i = head = i + 1
            elif self.is_at(i, ":") and self.is_at(i - 1, "public", "private", "protected"):
                i = head = i + 1
            elif self.is_at(i, "="):  # a value, whose braces are no scope
                while not self.is_at(i, ";"):
                    i = self.skip(i)
            else:
                i = self.skip(i)

    def opened(self, head, i, end):
        """`{` at `i` after the tokens from `head`: a scope, a function, or a member's value."""
        words = {self.toks[k].text for k in self.outer(head, i)}
        close = self.pairs[i]
        if "enum" in words:
            return close + 1
        if words & _SCOPES and "(" not in words:
            self.scope(i + 1, close)
            return close + 1
        parameters = next((k for k in self.outer(head, i) if self.is_at(k, "(")), None)
        if parameters is None:
            self.constexpr = True
            self.arguments(i)
            self.constexpr = False
            return close + 1
        name = self.toks[parameters - 1].text
        self.constexpr = "constexpr" in words
        body = self.member_values(self.pairs[parameters] + 1, end)
        if name not in TEXT_FUNCTIONS:
            self.block(body)
        self.constexpr = False
        return self.pairs[body] + 1

    def member_values(self, i, end):
        """Behind the parameters of a function: the values of a constructor; returns its body."""
        while i < end and not self.is_at(i, "{", ":"):
            i = self.skip(i)
        if self.is_at(i, "{"):
            return i
        while not self.is_at(i, "{") or self.toks[i - 1].kind == "name":
            if i in self.pairs:
                self.arguments(i)
            i = self.skip(i)
        return i

    # --- Inside ---

    def block(self, i):
        end = self.pairs[i]
        i += 1
        while i < end:
            i = self.statement(i, end)

    def statement(self, i, end):
        if self.is_at(i, "{"):
            self.block(i)
            return self.pairs[i] + 1
        if self.is_at(i, "if", "while", "for", "switch"):
            return self.controlled(i, end)
        if self.is_at(i, "else", "do"):
            return self.statement(i + 1, end)
        if self.is_at(i, "case", "default"):
            while not self.is_at(i, ":"):
                i += 1
            return i + 1
        last = i
        while last < end and not self.is_at(last, ";"):
            last = self.skip(last)
        if last == i or self.toks[i].text in TEXT_STATEMENTS or self.is_at(i, "break", "continue"):
            return last + 1
        if self.is_at(i, "return", "throw"):
            self.add("jump", i, last + 1)
        elif self.declares(i, last):
            self.declaration(i, last, in_class=False)
        else:
            self.add("statement", i, last + 1)
        return last + 1

    def controlled(self, i, end):
        word = self.toks[i].text
        if self.is_at(i + 1, "constexpr"):
            i += 1
        opening, close = i + 1, self.pairs[i + 1]
        cuts = [k for k in self.outer(opening + 1, close) if self.is_at(k, ";")]
        if word == "for" and len(cuts) == 2:
            self.declaration(opening + 1, cuts[0], in_class=False)
            if cuts[0] + 1 < cuts[1]:
                self.add("loop", cuts[0] + 1, cuts[1])
        elif word in ("if", "while") and not cuts:
            if any(self.is_at(k, "=") for k in self.outer(opening + 1, close)):
                self.declaration(opening + 1, close, in_class=False)
            else:
                self.add("condition" if word == "if" else "loop", opening + 1, close)
        return self.statement(close + 1, end)

    def declares(self, first, last):
        """True for a declaration, false for an expression."""
        if self.is_at(first, "const", "auto", "static", "constexpr"):
            return True
        for i in range(first, last):
            this, after = self.toks[i], self.toks[i + 1]
            if this.text in ("(", "[", "{", "="):
                return False
            if after.kind == "name" and (this.kind == "name" or
                                         (this.text in (">", "&", "*") and not this.spaced
                                          and i > first)):
                return True
        return False

    def declaration(self, first, last, in_class):
        """Its values: behind `=`, or in the brackets behind the name that it declares."""
        words = [self.toks[k].text for k in self.outer(first, last)]
        if not words or words[0] in ("using", "friend", "typedef", "static_assert", "template"):
            return
        start = next((k for k in self.outer(first, last) if self.is_at(k, "=")), None)
        if start is None:
            if not in_class:
                for k in self.outer(first, last):
                    if k in self.pairs and k > first + 1 and not self.is_at(k, "["):
                        self.arguments(k)
            return
        if in_class and self.is_at(start - 1, ")", "const", "override", "noexcept"):
            return  # = 0, = default
        if "constexpr" in words:
            if not self.is_at(start + 1, "{"):
                form = "constant" if in_class else "local constant"
                self.add(form, first, last + 1, value=start + 1)
            return
        self.comma_separated(start + 1, last)

    def arguments(self, opening):
        self.comma_separated(opening + 1, self.pairs[opening])

    def comma_separated(self, first, last):
        begin = first
        for k in list(self.outer(first, last)) + [last]:
            if k == last or self.is_at(k, ","):
                part = next((p for p in range(begin, k) if self.is_at(p, "=")), None)
                if part is not None and part != first:  # a = 1, b = 2
                    begin = part + 1
                if begin < k:
                    self.add("value", begin, k)
                begin = k + 1

    def add(self, form, first, last, value=0):
        """Adds a unit, and those in the bodies of its lambdas."""
        unit = Unit(form, first, last, self.constexpr and value == 0, value)
        i = first
        while i < last:
            if self.is_at(i, "{") and self.is_at(i - 1, ")", "]", "mutable") and i > first:
                self.block(i)
                i = self.pairs[i]
            else:
                unit.own.append(i)
            i += 1
        # Lists in braces and lambdas have no type in common with their copies.
        if not (form == "value" and self.is_at(first, "{", "[")):
            self.units.append(unit)


def find_units(text):
    """The tokens of a file, and its units."""
    finder = Finder(text)
    finder.scope(0, len(finder.toks))
    return finder.toks, finder.units

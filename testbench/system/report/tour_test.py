"""Every command of docs/tour.md, and that it prints what the page shows."""
import re
import unittest

from document_test_support import DocumentTest, blocks


def shown(block):
    """The commands of a block, each with the lines that stand below it."""
    for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
        command, output = re.fullmatch(r"((?:[^\n]*\\\n)*[^\n]*)\n(.*)", part, re.S).groups()
        yield command, [line.rstrip() for line in output.splitlines()]


def pattern(lines):
    """What an output must be that is shown by these lines; `...` stands for any lines."""
    return "".join(r"(?:.*\n)*?" if line == "..." else re.escape(line) + r"\n" for line in lines)


class Tour(DocumentTest):
    def test_every_command_prints_what_the_page_shows(self):
        commands = [(block, *what) for block in blocks("tour.md") for what in shown(block)]
        self.assertGreater(len(commands), 10)
        for block, command, lines in commands:
            self.assertTrue(block.startswith("$ "), block)
            status, output, errors = self.shell(command)
            self.assertEqual(status, 0, f"{command}\n{output}{errors}")
            output = "".join(line.rstrip() + "\n" for line in output.splitlines())
            self.assertRegex(output, rf"\A{pattern(lines)}\Z", f"\n$ {command}\n{output}")


if __name__ == "__main__":
    unittest.main()

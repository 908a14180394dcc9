"""A timeline's file against the Trace Event Format, and against what Perfetto and speedscope ask
of it beyond that."""
import json
import unittest
from pathlib import Path

from support import CommandTest

SORT = Path(__file__).resolve().parents[3] / "traces/samples/sort.mmt"
NUMBER, TEXT, DICT = int, str, dict
FIELDS = {  # of each kind of event, all and no others
    "M": {"ph": TEXT, "pid": NUMBER, "tid": NUMBER, "ts": NUMBER, "name": TEXT, "args": DICT},
    "X": {"ph": TEXT, "pid": NUMBER, "tid": NUMBER, "ts": NUMBER, "dur": NUMBER, "cat": TEXT,
          "name": TEXT, "args": DICT},
    "i": {"ph": TEXT, "s": TEXT, "pid": NUMBER, "tid": NUMBER, "ts": NUMBER, "cat": TEXT,
          "name": TEXT, "args": DICT}}
METADATA = {"process_name": {"name": TEXT}, "thread_name": {"name": TEXT},
            "thread_sort_index": {"sort_index": NUMBER}}


class TimelineFormat(CommandTest):
    def setUp(self):
        super().setUp()
        self.mmusim("run", "--timeline", "t.json", "--instructions", 150_000,
                    "--set", "mmu.walker.count=2", "--set", "mmu.prefetch.kind=stride",
                    "--set", "mmu.stlb.entries=48", SORT)
        self.file = json.loads((self.folder / "t.json").read_text())
        self.events = self.file["traceEvents"]

    def test_the_file_is_an_object_with_a_list_of_events(self):
        self.assertEqual(set(self.file), {"displayTimeUnit", "traceEvents"})
        self.assertIn(self.file["displayTimeUnit"], ("ms", "ns"))
        self.assertEqual({event["ph"] for event in self.events}, set(FIELDS))

    def test_each_event_has_the_fields_of_its_kind(self):
        for event in self.events:
            fields = FIELDS[event["ph"]]
            self.assertEqual(event.keys(), fields.keys(), event)
            for name, kind in fields.items():
                self.assertIs(type(event[name]), kind, event)
            self.assertGreaterEqual(event["ts"], 0)
            self.assertGreaterEqual(event.get("dur", 0), 0)
            self.assertEqual(event["pid"], 1)
            self.assertTrue(event["name"])
            self.assertIn(event.get("s", "t"), ("g", "p", "t"))
            self.assertNotEqual(event.get("cat"), "")

    def test_metadata_name_the_process_and_every_line(self):
        metadata = [event for event in self.events if event["ph"] == "M"]
        for event in metadata:
            args = METADATA[event["name"]]
            self.assertEqual({name: type(value) for name, value in event["args"].items()}, args)
        names = [(event["name"], event["tid"]) for event in metadata]
        self.assertEqual(len(names), len(set(names)))
        self.assertEqual([tid for name, tid in names if name == "process_name"], [0])
        lines = {event["tid"] for event in self.events if event["ph"] != "M"}
        self.assertNotIn(0, lines)  # which Perfetto would take for the process
        for kind in ("thread_name", "thread_sort_index"):
            self.assertLessEqual(lines, {tid for name, tid in names if name == kind})

    def test_slices_of_a_line_nest(self):
        deepest = {}
        slices = [event for event in self.events if event["ph"] == "X"]
        self.assertLessEqual({"walk", "part", "trap"}, {event["cat"] for event in slices})
        # In the order of the file, parents first where both begin in one cycle.
        for event in sorted(slices, key=lambda event: (event["ts"], -event["dur"])):
            open_slices = deepest.setdefault(event["tid"], [])
            while open_slices and open_slices[-1]["ts"] + open_slices[-1]["dur"] <= event["ts"]:
                open_slices.pop()
            for around in open_slices:
                self.assertLessEqual(event["ts"] + event["dur"], around["ts"] + around["dur"])
            self.assertEqual([around["cat"] for around in open_slices],
                             ["walk"] if event["cat"] == "part" else [], event)
            open_slices.append(event)


if __name__ == "__main__":
    unittest.main()

"""The comparison of golden files sees what it is for."""
import unittest

from golden_test import differences, flat

RESULT = {"counters": {"dtlb": {"hits": 5, "misses": 2}}, "reads": [1, 2]}


class Differences(unittest.TestCase):
    def test_the_same_result_has_none(self):
        self.assertEqual(list(differences(RESULT, RESULT)), [])

    def test_a_changed_counter_a_new_one_and_one_that_is_gone_are_named_in_order(self):
        now = {"counters": {"dtlb": {"hits": 6, "fills": 2}}, "reads": [1, 3]}
        self.assertEqual(list(differences(RESULT, now)),
                         ["counters.dtlb.hits: 5 before, 6 now", "counters.dtlb.misses: gone, was 2",
                          "reads[1]: 2 before, 3 now", "counters.dtlb.fills: new, 2"])

    def test_every_leaf_has_a_path(self):
        self.assertEqual([path for path, _ in flat(RESULT)],
                         ["counters.dtlb.hits", "counters.dtlb.misses", "reads[0]", "reads[1]"])


if __name__ == "__main__":
    unittest.main()

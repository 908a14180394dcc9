"""Each rule of the layers, with a breach planted that must be found."""
import unittest

from planted import PlantedTree

ARCH = {"hw/arch/walk.hpp": "#pragma once\n#include <cstdint>\n"}
LINK = {"hw/link/wire_if.hpp": "#include <systemc>\n", "hw/link/cycle.hpp": "#include <cstdint>\n"}


class CheckLayers(PlantedTree):
    script = "check_layers.py"

    def test_a_tree_that_keeps_the_rules_is_clean(self):
        self.assert_clean({
            **ARCH, **LINK,
            "hw/mmu/tlb.hpp": '#include "hw/arch/walk.hpp"\n#include "hw/link/cycle.hpp"\n',
            "hw/mmu/tlb_module.cpp": '#include "hw/mmu/tlb.hpp"\n#include "hw/link/wire_if.hpp"\n',
            "hw/mmu/tlb_module_fences.cpp": '#include "hw/link/wire_if.hpp"\n',
            "os_model/kernel.cpp": '#include "hw/arch/walk.hpp"\n',
            "sim/command/main.cpp": '#include <CLI/CLI.hpp>\n#include "os_model/kernel.hpp"\n',
            "testbench/unit/x_test.cpp": '#include <gtest/gtest.h>\n#include "hw/arch/walk.hpp"\n',
        })

    def test_an_empty_tree_is_an_error(self):
        status, _ = self.check({})
        self.assertEqual(status, 1)

    def test_hardware_may_not_include_the_os_model(self):
        self.assert_found({"hw/mmu/tlb.cpp": '#include "os_model/kernel.hpp"\n'},
                          "hw/mmu/tlb.cpp", "hw/mmu may not include os_model/kernel.hpp")

    def test_stages_may_not_include_each_other(self):
        self.assert_found({"hw/cpu/core.cpp": '#  include "hw/cache/cache.hpp"\n'},
                          "hw/cpu may not include hw/cache/cache.hpp")

    def test_the_os_model_sees_the_manual_only(self):
        self.assert_found({"os_model/kernel.cpp": '#include "hw/common/fields.hpp"\n'},
                          "os_model may not include hw/common/fields.hpp")

    def test_the_manual_sees_nothing_of_ours(self):
        self.assert_found({**ARCH, "hw/arch/x.hpp": '#include "hw/common/fields.hpp"\n'},
                          "hw/arch may not include")

    def test_the_platform_does_not_know_the_command(self):
        self.assert_found({"sim/platform/x.cpp": '#include "sim/command/run.hpp"\n'},
                          "sim/platform may not include sim/command/run.hpp")

    def test_systemc_in_the_os_model_is_found(self):
        self.assert_found({"os_model/kernel.cpp": "#include <systemc>\n"}, "systemc")

    def test_systemc_in_decision_logic_is_found_through_a_header_of_a_link(self):
        self.assert_found({**LINK, "hw/mmu/tlb.cpp": '#include "hw/link/wire_if.hpp"\n'},
                          "hw/mmu/tlb.cpp", "hw/link/wire_if.hpp does")

    def test_a_tlm_header_counts_as_systemc(self):
        self.assert_found({"traces/x.cpp": "#include <tlm_utils/simple_target_socket.h>\n"},
                          "tlm_utils")

    def test_the_logger_stays_in_sim(self):
        self.assert_found({"hw/cpu/core.cpp": "#include <spdlog/spdlog.h>\n"}, "in sim only")

    def test_the_command_line_library_stays_in_the_command(self):
        self.assert_found({"sim/platform/x.cpp": "#include <CLI/CLI.hpp>\n"},
                          "in sim/command only")

    def test_the_reference_shares_no_timing_code(self):
        self.assert_found({"testbench/reference/r.cpp": '#include "hw/mmu/tlb.hpp"\n'},
                          "the reference may not share")

    def test_the_reference_may_read_parameters_and_its_tests_see_both_sides(self):
        self.assert_clean({
            "testbench/reference/r.cpp": '#include "hw/mmu/mmu_params.hpp"\n',
            "testbench/reference/r_test.cpp": '#include "hw/mmu/tlb_module.hpp"\n'})

    def test_an_include_that_does_not_start_at_the_root_is_found(self):
        self.assert_found({"hw/mmu/tlb.cpp": '#include "tlb.hpp"\n', "hw/mmu/tlb.hpp": ""},
                          "not spelled from the root")

    def test_a_header_that_the_build_generates_is_none_of_its_business(self):
        self.assert_clean({"sim/presets/x.cpp": '#include "generated_texts.hpp"\n'})


if __name__ == "__main__":
    unittest.main()

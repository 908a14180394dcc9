// How workloads are spelled, what a wrong one is told, and which names are none.
#include <filesystem>
#include <fstream>

#include "testbench/unit/workloads/workload_test.hpp"
#include "traces/open_trace.hpp"

namespace mmu::traces {
namespace {

std::string resolved(const std::string& text) { return generate_workload(text)->header().command; }

TEST(WorkloadSpelling, NamesEveryParameterInOneWay) {
  EXPECT_EQ(resolved("gups:seed=3,bytes=1048576,accesses=10000"),
            "gups:bytes=1MiB,seed=3,accesses=10K,compute=0,map=touch");
  EXPECT_EQ(resolved("zipf:theta=0.50,bytes=1GiB,item=4096"),
            "zipf:bytes=1GiB,item=4KiB,theta=0.5,order=scattered,writes=0,seed=1,accesses=1M,"
            "compute=0,map=touch");
}

TEST(WorkloadSpelling, TheResolvedTextMeansTheSame) {
  const std::string text =
      "mix:turn=3,2*[phases:[gups:accesses=20],[heap:accesses=30],repeat=2],[chase:accesses=50]";
  const std::string again = resolved(text);
  EXPECT_EQ(resolved(again), again);
  EXPECT_EQ(hash_of(again), hash_of(text));
}

TEST(WorkloadSpelling, SaysWhatIsWrong) {
  const std::pair<const char*, const char*> cases[] = {
      {"gusp:bytes=1MiB", R"(unknown workload "gusp"; did you mean "gups"?)"},
      {"gups:byts=1MiB", R"(workload gups: unknown parameter "byts"; did you mean "bytes"?)"},
      {"sequential:seed=1", R"(unknown parameter "seed")"},
      {"gups:bytes=1GB", "bytes = 1GB: must be from 4KiB to 64TiB, in steps of 4KiB"},
      {"gups:bytes=5000", "bytes = 5000: must be from 4KiB to 64TiB, in steps of 4KiB"},
      {"gups:bytes=128TiB", "must be from 4KiB to 64TiB"},
      {"gups:bytes=99999999TiB", "must be from 4KiB to 64TiB"},
      {"gups:accesses=0", "accesses = 0: must be from 1 to 1T"},
      {"gups:accesses=-1", "accesses = -1: must be from 1 to 1T"},
      {"gups:accesses=1.5M", "accesses = 1.5M: must be from 1 to 1T"},
      {"zipf:theta=nan", "theta = nan: must be from 0 to 10"},
      {"zipf:theta=11", "theta = 11: must be from 0 to 10"},
      {"zipf:order=scatered", R"(must be one of scattered|sorted; did you mean "scattered"?)"},
      {"gups:seed=1,seed=2", "seed is given twice"},
      {"gups:bytes=", "character 12: a value for bytes is expected"},
      {"gups:bytes", R"(character 11: "=" and a value)"},
      {"gups:seed=1,", "character 13: a parameter, or a part in brackets is expected"},
      {"gups:seed=1]", R"(character 12: "," or the end is expected)"},
      {"mix:[gups:", R"(character 11: "]" is expected)"},
      {"mix:", "workload mix: needs parts"},
      {"mix:0*[gups:]", "the weight of gups = 0: must be from 1 to 1M"},
      {"phases:2*[gups:]", "its parts have no weights"},
      {"gups:[gups:]", "workload gups: has no parts"},
      {"stride:bytes=4KiB,stride=8KiB", "stride is larger than bytes"},
      {"zipf:bytes=4KiB,item=8KiB", "item is larger than bytes"},
      {"chase:bytes=4KiB,node=8KiB", "node is larger than bytes"},
      {"heap:least=1MiB", "least is larger than most"},
      {"mix:[gups:bytes=64TiB],[gups:bytes=64TiB]", "47 bits of address space"},
      {"gups", R"(character 5: the name of a workload and ":" is expected)"},
  };
  for (const auto& [text, message] : cases) {
    EXPECT_NE(config_error(text).find(message), std::string::npos)
        << text << " -> " << config_error(text);
  }
}

TEST(WorkloadSpelling, LimitsDepthAndParts) {
  std::string deep = "gups:", wide = "mix:[gups:bytes=4KiB]";
  for (int i = 0; i < 17; ++i) deep = "mix:[" + deep + "]";
  EXPECT_NE(config_error(deep).find("at most 16 workloads in each other"), std::string::npos);
  for (int i = 0; i < 256; ++i) wide += ",[gups:bytes=4KiB]";
  EXPECT_NE(config_error(wide).find("more than 256 patterns"), std::string::npos);
}

TEST(WorkloadSpelling, AFileIsAFile) {
  EXPECT_TRUE(is_workload("gups:"));
  EXPECT_TRUE(is_workload("gusp:seed=1"));  // to be told what was meant
  EXPECT_TRUE(is_workload("gups"));         // likewise
  EXPECT_FALSE(is_workload("./gups:"));
  EXPECT_FALSE(is_workload("gups:", TraceFormat::kOwn));
  for (const char* name : {"sort.mmt", "traces/a:b", "A:b", ":", "", "trace1:x"}) {
    EXPECT_FALSE(is_workload(name)) << name;
  }
}

TEST(WorkloadSpelling, AnExistingFileIsOnlyHiddenByAWorkloadsWholeName) {
  const auto before = std::filesystem::current_path();
  const auto folder = std::filesystem::temp_directory_path() / "mmu-workload-spelling";
  std::filesystem::create_directories(folder);
  std::filesystem::current_path(folder);
  for (const char* name : {"mine:1", "gups", "gups:"}) std::ofstream(name) << "x";
  EXPECT_FALSE(is_workload("mine:1"));
  EXPECT_FALSE(is_workload("gups"));
  EXPECT_TRUE(is_workload("gups:"));
  std::filesystem::current_path(before);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace mmu::traces

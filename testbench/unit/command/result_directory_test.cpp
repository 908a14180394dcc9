#include "sim/result/result_directory.hpp"

#include <unistd.h>

#include <fstream>

#include "sim/result/result_file.hpp"
#include "testbench/unit/command/config_error.hpp"
#include "testbench/unit/command/sample_result.hpp"

namespace mmu {
namespace {

namespace fs = std::filesystem;

class ResultDirectories : public testing::Test {
 protected:
  ResultDirectories()
      : folder_(fs::temp_directory_path() / ("result_directory_" + std::to_string(getpid()))) {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~ResultDirectories() override { fs::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  void put(const std::string& name, const std::string& text) const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
  }
  std::size_t entries() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }
  void write_result(const std::string& name) const {
    ResultDirectory out(path(name));
    out.write("result.json", sample_json().dump());
    out.put_in_place();
  }

  fs::path folder_;
};

TEST_F(ResultDirectories, AppearWhenComplete) {
  ResultDirectory out(path("r"));
  out.write("result.json", sample_json().dump());
  EXPECT_FALSE(fs::exists(path("r")));
  out.put_in_place();
  EXPECT_EQ(read_result(path("r")).dump(), sample_json().dump());
  EXPECT_EQ(read_result(path("r/result.json")).dump(), sample_json().dump());
  EXPECT_EQ(entries(), 1u);  // nothing is left beside
}

TEST_F(ResultDirectories, LeaveNothingIfGivenUp) {
  { ResultDirectory out(path("r")); }
  EXPECT_EQ(entries(), 0u);
}

TEST_F(ResultDirectories, ReplaceAnEarlierResultAsAWhole) {
  write_result("r");
  put("r/stale.txt", "of the earlier run");
  ResultDirectory out(path("r/"));
  EXPECT_TRUE(out.replaces());
  out.write("result.json", sample_json().dump());
  EXPECT_TRUE(fs::exists(path("r/stale.txt")));  // until the new one is complete
  out.put_in_place();
  EXPECT_FALSE(fs::exists(path("r/stale.txt")));
  EXPECT_TRUE(is_result_directory(path("r")));
  EXPECT_EQ(entries(), 1u);
}

TEST_F(ResultDirectories, NeverTouchWhatIsNoResult) {
  put("home/precious.txt", "text");
  EXPECT_EQ(config_error_of([&] { ResultDirectory out(path("home")); }),
            path("home") + ": exists, is not empty and holds no result; choose another -o");
  put("file", "text");
  EXPECT_EQ(config_error_of([&] { ResultDirectory out(path("file")); }),
            path("file") + ": is a file, not a directory");
  put("odd/result.json", "{}");
  EXPECT_FALSE(is_result_directory(path("odd")));
  EXPECT_TRUE(fs::exists(path("home/precious.txt")));
}

TEST_F(ResultDirectories, MayExistEmpty) {
  fs::create_directories(path("r"));
  write_result("r");
  EXPECT_TRUE(is_result_directory(path("r")));
}

std::string input_error_of(const std::string& path) {
  try {
    read_result(path);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST_F(ResultDirectories, ReadingSaysWhatIsWrong) {
  EXPECT_EQ(input_error_of(path("none")),
            path("none") + ": no result here (" + path("none") + " cannot be read)");
  put("cut/result.json", sample_json().dump().substr(0, 500));
  EXPECT_EQ(input_error_of(path("cut")).rfind(path("cut") + "/result.json: damaged: ", 0), 0u);
  put("other/result.json", "{\"a\": 1}");
  EXPECT_EQ(input_error_of(path("other")), path("other") + "/result.json: not a result of mmusim");
  Json next = sample_json();
  next["schema"] = 99;
  put("next/result.json", next.dump());
  EXPECT_EQ(input_error_of(path("next")),
            path("next") + "/result.json: schema 99; this program reads schema 1");
}

}  // namespace
}  // namespace mmu

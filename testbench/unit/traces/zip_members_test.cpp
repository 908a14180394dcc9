// Zip archives read like what they hold; of damaged ones nothing is lost in silence.
#include "traces/zip_members.hpp"

#include <gtest/gtest.h>

#include "testbench/unit/traces/trace_test_support.hpp"
#include "testbench/unit/traces/zip_writer.hpp"

namespace mmu::traces {
namespace {

std::string some_text(std::size_t bytes) {
  std::string text;
  while (text.size() < bytes) text += std::to_string(text.size() * 7919 % 10'007) + "\n";
  return text;
}

class ZipMembersTest : public ::testing::Test {
 protected:
  /// What comes out until the end or an error, which is kept.
  std::string read(const std::string& bytes, std::size_t piece = 4096) {
    std::string text;
    error_ = input_error([&] {
      ByteStream stream(folder_.write("a.zip", bytes));
      EXPECT_TRUE(stream.is_compressed());
      std::string buffer(piece, '\0');
      while (const std::size_t got = stream.read(buffer.data(), piece)) text.append(buffer, 0, got);
    });
    return text;
  }
  void error_has(const std::string& part) {
    EXPECT_NE(error_.find("a.zip: "), std::string::npos) << error_;
    EXPECT_NE(error_.find(part), std::string::npos) << error_;
  }
  TempFolder folder_;
  std::string error_;
};

TEST_F(ZipMembersTest, MembersAreReadOneBehindTheOther) {
  const std::string text = some_text(600'000);
  for (const std::size_t chunks : {1u, 2u, 12u}) {
    for (const std::size_t piece : {std::size_t{7}, std::size_t{1'000'000}}) {
      EXPECT_EQ(read(zip_in_chunks(text, chunks), piece) == text, true) << chunks;
      EXPECT_EQ(error_, "");
    }
  }
  EXPECT_EQ(read(zip_of({{"a", "one "}, {"folder/", "", false}, {"folder/b", "two", false}})),
            "one two");
}

TEST_F(ZipMembersTest, PeekingTakesNothing) {
  const std::string text = some_text(50'000);
  ByteStream stream(folder_.write("a.zip", zip_in_chunks(text, 9)));
  EXPECT_EQ(stream.peek(40'000) == text.substr(0, 40'000), true);
  std::string all(text.size(), '\0');
  std::size_t got = 0;
  while (const std::size_t more = stream.read(all.data() + got, all.size() - got)) got += more;
  EXPECT_EQ(all == text, true);
}

TEST_F(ZipMembersTest, ChunksMustBeWholeAndInOrder) {
  EXPECT_EQ(read(zip_of({{"chunk.0000", "one"}, {"chunk.0002", "three"}})), "one");
  error_has("member chunk.0002: stands where chunk number 1 should");
  EXPECT_EQ(read(zip_of({{"chunk.0001", "two"}})), "");
  error_has("chunk number 0");
}

TEST_F(ZipMembersTest, DamageNamesTheMember) {
  const std::string text = some_text(50'000);
  std::string bytes = zip_in_chunks(text, 4);
  const std::size_t stored = bytes.find(text.substr(text.size() / 4, 50));
  ASSERT_NE(stored, std::string::npos);
  bytes[stored + 60] = static_cast<char>(bytes[stored + 60] ^ 1);
  const std::string got = read(bytes);
  EXPECT_EQ(got.substr(0, text.size() / 4) == text.substr(0, text.size() / 4), true);
  error_has("member chunk.0001: damaged: CRC error");
}

TEST_F(ZipMembersTest, EveryCutIsTold) {
  const std::string bytes = zip_in_chunks(some_text(500), 3);
  for (std::size_t cut = 4; cut < bytes.size(); ++cut) {
    EXPECT_EQ(read(bytes.substr(0, cut)), "") << cut;
    error_has("zip archive");
  }
}

TEST_F(ZipMembersTest, AnArchiveWithoutFilesIsRefused) {
  read(zip_of({}));
  error_has("holds no file");
  read(zip_of({{"folder/", "", false}}));
  error_has("holds no file");
}

}  // namespace
}  // namespace mmu::traces

// Compressed files read like plain ones; of damaged ones nothing is lost in silence.
#include "traces/byte_stream.hpp"

#include <gtest/gtest.h>

#include <random>

#include "testbench/unit/traces/trace_test_support.hpp"

namespace mmu::traces {
namespace {

/// Compresses, but not to nothing.
std::string some_text(std::size_t bytes) {
  std::mt19937 random(1);
  std::string text;
  while (text.size() < bytes) text += std::to_string(random() % 10'000) + "\n";
  return text;
}

/// What comes out until the end or an error, read in pieces of `piece` bytes.
struct Read {
  std::string text;
  std::string error;
};
Read read_file(const std::string& path, std::size_t piece) {
  Read done;
  done.error = input_error([&] {
    ByteStream stream(path);
    std::string buffer(piece, '\0');
    while (const std::size_t got = stream.read(buffer.data(), piece)) {
      done.text.append(buffer, 0, got);
    }
  });
  return done;
}

class ByteStreamTest : public ::testing::TestWithParam<Packer> {
 protected:
  std::string pack(const std::string& text) const { return GetParam().pack(text); }
  Read read(const std::string& bytes, std::size_t piece = 4096) const {
    return read_file(folder_.write("file", bytes), piece);
  }
  TempFolder folder_;
};

TEST_P(ByteStreamTest, ReadsWhatWasPacked) {
  const std::string text = some_text(1'000'000);  // several input buffers
  for (const std::size_t piece : {std::size_t{7}, std::size_t{4096}, std::size_t{3'000'000}}) {
    const Read done = read(pack(text), piece);
    EXPECT_EQ(done.text == text, true) << piece;
    EXPECT_EQ(done.error, "") << piece;
  }
}

TEST_P(ByteStreamTest, FramesBehindEachOtherAreOneFile) {
  EXPECT_EQ(read(pack("one ") + pack("") + pack("two")).text, "one two");
  const Read garbage = read(pack("one") + "garbage");
  EXPECT_EQ(garbage.text, "one");
  EXPECT_NE(garbage.error.find(std::string("truncated ") + GetParam().name), std::string::npos)
      << garbage.error;
}

TEST_P(ByteStreamTest, EveryCutIsToldWithItsPlace) {
  const std::string text = some_text(500);
  const std::string packed = pack(text);
  for (std::size_t cut = 7; cut < packed.size(); ++cut) {
    const Read done = read(packed.substr(0, cut));
    EXPECT_EQ(done.text, text.substr(0, done.text.size())) << cut;
    EXPECT_NE(done.error.find("file: byte " + std::to_string(cut) + ": "), std::string::npos)
        << cut << " " << done.error;
  }
}

TEST_P(ByteStreamTest, ATurnedBitIsToldOrChangesNothing) {
  const std::string text = some_text(500);
  const std::string packed = pack(text);
  std::size_t told = 0;  // the rest are bytes that carry nothing, such as a time
  for (std::size_t at = 6; at < packed.size(); ++at) {
    std::string damaged = packed;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    const Read done = read(damaged);
    told += done.error.empty() ? 0u : 1u;
    EXPECT_TRUE(!done.error.empty() || done.text == text) << at;
  }
  EXPECT_GT(told, packed.size() * 9 / 10);
}

TEST_P(ByteStreamTest, PeekingTakesNothing) {
  const std::string text = some_text(5000);
  ByteStream stream(folder_.write("file", pack(text)));
  EXPECT_TRUE(stream.is_compressed());
  EXPECT_EQ(stream.peek(10), text.substr(0, 10));
  EXPECT_EQ(stream.peek(3000), text.substr(0, 3000));
  std::string some(20, '\0');
  ASSERT_EQ(stream.read(some.data(), 20), 20u);
  EXPECT_EQ(some, text.substr(0, 20));
  EXPECT_EQ(stream.peek(4000), text.substr(20, 4000));
  std::string rest(10'000, '\0');
  std::size_t got = 0;
  while (const std::size_t more = stream.read(rest.data() + got, rest.size() - got)) got += more;
  EXPECT_EQ(rest.substr(0, got), text.substr(20));
  EXPECT_EQ(stream.peek(10), "");
}

TEST_P(ByteStreamTest, PeekingAtDamageGivesWhatIsBeforeIt) {
  const std::string text = some_text(300'000);  // more than one block of every format
  const std::string packed = pack(text);
  ByteStream stream(folder_.write("file", packed.substr(0, packed.size() - 1)));
  const std::string_view seen = stream.peek(400'000);
  EXPECT_EQ(seen == text.substr(0, seen.size()), true);
  std::string all(400'000, '\0');
  EXPECT_EQ(stream.read(all.data(), all.size()), seen.size());
  EXPECT_NE(input_error([&] { stream.read(all.data(), 1); }).find("truncated"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Every, ByteStreamTest, ::testing::ValuesIn(kPackers),
                         [](const auto& packer) { return packer.param.name; });

TEST(ByteStreamPadding, ZerosBehindGzipAndXzAreNoDamage) {
  const TempFolder folder;
  for (const auto pack : {gzip_of, xz_of}) {
    const std::string packed = pack("one") + std::string(512, '\0') + pack(" two");
    const Read done = read_file(folder.write("file", packed), 100);
    EXPECT_EQ(done.text, "one two");
    EXPECT_EQ(done.error, "");
  }
}

TEST(ByteStreamPlain, ReadsAndPeeks) {
  const TempFolder folder;
  const std::string text = some_text(1'000'000);
  const std::string path = folder.write("file", text);
  EXPECT_EQ(read_file(path, 333).text == text, true);
  ByteStream stream(path);
  EXPECT_EQ(stream.peek(300'000) == text.substr(0, 300'000), true);
  std::string all(text.size(), '\0');
  std::size_t got = 0;
  while (const std::size_t more = stream.read(all.data() + got, all.size() - got)) got += more;
  EXPECT_EQ(all == text, true);
}

TEST(ByteStreamPlain, OtherPackingsAreNamed) {
  const TempFolder folder;
  const auto error = [&](const std::string& start) {
    return input_error([&] { ByteStream(folder.write("file", start)); });
  };
  EXPECT_NE(error("\x04\x22\x4d\x18 rest").find("compressed with lz4"), std::string::npos);
  EXPECT_NE(error("PK\x03\x04 rest").find("zip archive"), std::string::npos);
  EXPECT_NE(error("").find("is empty"), std::string::npos);
}

}  // namespace
}  // namespace mmu::traces

// Writes zip archives from the words of the format's description (APPNOTE 4.3), of zlib's help
// only the deflating and the checksum.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <string>
#include <vector>

#include "testbench/unit/traces/packers.hpp"

namespace mmu::traces {

struct ZipMember {
  std::string name, content;
  bool deflated = true;
};

inline std::string zip_of(const std::vector<ZipMember>& members) {
  std::string text, directory;
  const auto put = [](std::string& to, std::uint64_t value, unsigned bytes) {
    for (unsigned i = 0; i < bytes; ++i) to += static_cast<char>(value >> (8 * i) & 0xff);
  };
  for (const ZipMember& member : members) {
    const std::string data =
        member.deflated ? deflate_of(member.content, -MAX_WBITS) : member.content;
    const auto sum = crc32(0, reinterpret_cast<const Bytef*>(member.content.data()),
                           static_cast<unsigned>(member.content.size()));
    std::string both;  // what the local header and the directory have in common
    put(both, 20, 2);  // version needed
    put(both, 0, 2);   // flags
    put(both, member.deflated ? 8 : 0, 2);
    put(both, 0x21 << 16, 4);  // 1 January 1980
    put(both, sum, 4);
    put(both, data.size(), 4);
    put(both, member.content.size(), 4);
    put(both, member.name.size(), 2);
    put(both, 0, 2);  // extra bytes
    directory += "PK\x01\x02";
    put(directory, 20, 2);  // made by
    directory += both;
    directory.append(2 + 2 + 2 + 4, '\0');  // comment, disk, attributes
    put(directory, text.size(), 4);
    directory += member.name;
    text += "PK\x03\x04" + both + member.name + data;
  }
  const std::size_t at = text.size();
  text += directory + "PK\x05\x06";
  put(text, 0, 4);
  put(text, members.size(), 2);
  put(text, members.size(), 2);
  put(text, directory.size(), 4);
  put(text, at, 4);
  put(text, 0, 2);
  return text;
}

/// As DynamoRIO names them: so many chunks, deflated and stored by turns.
inline std::string zip_in_chunks(const std::string& text, std::size_t chunks) {
  std::vector<ZipMember> members;
  for (std::size_t i = 0; i < chunks; ++i) {
    const std::size_t from = text.size() * i / chunks, to = text.size() * (i + 1) / chunks;
    std::string number = std::to_string(i);
    number.insert(0, 4 - number.size(), '0');
    members.push_back({"chunk." + number, text.substr(from, to - from), i % 2 == 0});
  }
  return zip_of(members);
}

}  // namespace mmu::traces

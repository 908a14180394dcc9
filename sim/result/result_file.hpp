// Reads result.json back.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/result/result_json.hpp"

namespace mmu {

/// `path`: a result directory, or its result.json. Throws InputError if there is none, or it is
/// damaged or of another schema.
Json read_result(const std::string& path);

/// True if `path` is a directory that holds a result.
bool is_result_directory(const std::string& path);

/// What stands at a dotted path ("machine.mmu.stlb.entries"); nullptr if nothing does.
const Json* value_at(const Json& root, const std::string& path);
/// The same as people read it: a text without quotes; "-" if nothing is there.
std::string text_at(const Json& root, const std::string& path);
/// The number at a dotted path ("counters.mmu.stlb.misses"); 0 if absent.
std::uint64_t number_at(const Json& root, const std::string& path);

/// A number in the tree, by its dotted path; texts and switches are left out.
struct NamedNumber {
  std::string path;
  std::uint64_t value = 0;
};
/// All whole numbers below `root`, in its order.
std::vector<NamedNumber> all_numbers(const Json& root);

}  // namespace mmu

#include "sim/result/result_file.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "hw/arch/errors.hpp"

namespace mmu {
namespace {

std::string json_path(const std::string& path) {
  return std::filesystem::is_directory(path) ? path + "/result.json" : path;
}

bool is_result(const Json& json) {
  return json.is_object() && json.contains("schema") && json.contains("mmusim") &&
         json.contains("counters");
}

void list_numbers(const Json& node, const std::string& path, std::vector<NamedNumber>& out) {
  for (const auto& [key, value] : node.items()) {
    const std::string here = path.empty() ? key : path + "." + key;
    if (value.is_object()) list_numbers(value, here, out);
    if (value.is_number_unsigned()) out.push_back({here, value.get<std::uint64_t>()});
  }
}

}  // namespace

Json read_result(const std::string& path) {
  const std::string file = json_path(path);
  std::ifstream in(file, std::ios::binary);
  if (!in) throw InputError(path + ": no result here (" + file + " cannot be read)");
  Json json;
  try {
    json = Json::parse(in);
  } catch (const Json::exception& error) {
    throw InputError(file + ": damaged: " + error.what());
  }
  if (!is_result(json)) throw InputError(file + ": not a result of mmusim");
  if (json["schema"] != kResultSchema) {
    throw InputError(file + ": schema " + json["schema"].dump() + "; this program reads schema " +
                     std::to_string(kResultSchema));
  }
  return json;
}

bool is_result_directory(const std::string& path) {
  std::ifstream in(path + "/result.json", std::ios::binary);
  return in && is_result(Json::parse(in, nullptr, false));
}

const Json* value_at(const Json& root, const std::string& path) {
  const Json* at = &root;
  for (std::size_t begin = 0; begin < path.size();) {
    const std::size_t end = std::min(path.find('.', begin), path.size());
    const auto found = at->find(path.substr(begin, end - begin));
    if (found == at->end()) return nullptr;
    at = &*found;
    begin = end + 1;
  }
  return at;
}

std::string text_at(const Json& root, const std::string& path) {
  const Json* value = value_at(root, path);
  if (value == nullptr) return "-";
  return value->is_string() ? value->get<std::string>() : value->dump();
}

std::uint64_t number_at(const Json& root, const std::string& path) {
  const Json* value = value_at(root, path);
  return value != nullptr && value->is_number() ? value->get<std::uint64_t>() : 0;
}

std::vector<NamedNumber> all_numbers(const Json& root) {
  std::vector<NamedNumber> out;
  list_numbers(root, "", out);
  return out;
}

}  // namespace mmu

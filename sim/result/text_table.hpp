// Aligned columns of text: the first to the left, the others to the right.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mmu {

class TextTable {
 public:
  explicit TextTable(std::vector<std::string> head) : rows_{std::move(head)} {}
  /// Missing cells at the end are empty.
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  bool empty() const { return rows_.size() == 1; }
  /// `indent` spaces before each line; further columns are aligned to the left if
  /// `left_columns` says so.
  std::string text(unsigned indent = 2, std::size_t left_columns = 1) const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

std::string grouped(std::uint64_t number);                   ///< 12,345,678
std::string fixed(double value, int decimals);               ///< 3.14
std::string percent(double share, int decimals = 1);         ///< 0.123 -> "12.3 %"
std::string signed_percent(double share, int decimals = 1);  ///< "+12.3 %"
std::string signed_grouped(std::int64_t number);             ///< +1,234

}  // namespace mmu

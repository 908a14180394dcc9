// A struct that lists its own members once. Machine files, --set overrides, `machine show`, range
// checks, statistics and their differences are all loops over that one list.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <type_traits>

namespace mmu {

/// One described member: name and unit as the user types and reads them. For a knob `min`..`max`
/// is what is allowed; an enumeration has the names of its values instead.
template <class Owner, class T>
struct MemberField {
  std::string_view name;
  std::string_view unit;
  std::string_view doc;
  T Owner::*member;
  std::uint64_t min = 0;
  std::uint64_t max = ~std::uint64_t{0};
  const std::string_view* names = nullptr;
  std::size_t name_count = 0;
  bool powers_of_two = false;  ///< are all that is allowed from min to max
};

/// A counter.
template <class Owner, class T>
constexpr MemberField<Owner, T> field(std::string_view name, std::string_view unit,
                                      std::string_view doc, T Owner::*member) {
  return {name, unit, doc, member};
}

/// A number the user sets, from `min` to `max`.
template <class Owner, class T>
constexpr MemberField<Owner, T> knob(std::string_view name, std::string_view unit,
                                     std::string_view doc, T Owner::*member, std::uint64_t min,
                                     std::uint64_t max) {
  return {name, unit, doc, member, min, max};
}

/// The same, of powers of two.
template <class Owner, class T>
constexpr MemberField<Owner, T> power_of_two(std::string_view name, std::string_view unit,
                                             std::string_view doc, T Owner::*member,
                                             std::uint64_t min, std::uint64_t max) {
  return {name, unit, doc, member, min, max, nullptr, 0, true};
}

/// A switch or a free text.
template <class Owner, class T>
constexpr MemberField<Owner, T> knob(std::string_view name, std::string_view doc,
                                     T Owner::*member) {
  return {name, "", doc, member};
}

/// An enumeration, its values numbered from 0 as in `names`.
template <class Owner, class T, std::size_t n>
constexpr MemberField<Owner, T> choice(std::string_view name, std::string_view doc,
                                       T Owner::*member, const std::string_view (&names)[n]) {
  static_assert(std::is_enum_v<T>);
  return {name, "", doc, member, 0, n - 1, names, n};
}

/// A struct of knobs, reached as `name.member`.
template <class Owner, class T>
constexpr MemberField<Owner, T> group(std::string_view name, std::string_view doc,
                                      T Owner::*member) {
  return {name, "", doc, member};
}

/// Calls fn(field, value) for each described member of `object`.
template <class Struct, class Fn>
constexpr void for_each_field(Struct&& object, Fn&& fn) {
  using Plain = std::remove_cv_t<std::remove_reference_t<Struct>>;
  std::apply([&](const auto&... f) { (fn(f, object.*(f.member)), ...); }, Plain::fields());
}

/// True if fields() mentions every member of a struct that holds only counters.
template <class Stats>
constexpr bool lists_every_counter() {
  return std::tuple_size_v<decltype(Stats::fields())> * sizeof(std::uint64_t) == sizeof(Stats);
}

/// True for a struct that describes itself, hence can be a group().
template <class T, class = void>
inline constexpr bool has_fields = false;
template <class T>
inline constexpr bool has_fields<T, std::void_t<decltype(T::fields())>> = true;

/// What happened between two snapshots; the region of interest after warm-up.
template <class Stats>
constexpr Stats since(const Stats& start, const Stats& now) {
  Stats delta = now;
  std::apply([&](const auto&... f) { ((delta.*(f.member) -= start.*(f.member)), ...); },
             Stats::fields());
  return delta;
}

}  // namespace mmu

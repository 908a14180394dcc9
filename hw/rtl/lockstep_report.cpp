// Where the model and the RTL differ, and how that is told.
#include <sstream>

#include "hw/arch/errors.hpp"
#include "hw/arch/hex.hpp"
#include "hw/rtl/lockstep.hpp"

namespace mmu {
namespace {

std::string offer_text(bool update, std::uint64_t entry, std::uint64_t compare,
                       std::uint64_t value) {
  if (!update) return "read " + hex(entry);
  return "update " + hex(entry) + " " + hex(compare) + "->" + hex(value);
}

std::string fill_text(unsigned level, std::uint64_t table, bool global) {
  return "fill level " + std::to_string(level) + " " + hex(table) + (global ? " G" : "");
}

std::string page_text(const Translation& to) {
  const auto flag = [](bool set, const char* letter) { return set ? letter : "-"; };
  return hex(to.base.value()) + " 2^" + std::to_string(to.page_shift) + " " +
         flag(to.rights.user, "U") + flag(to.rights.execute, "X") + flag(to.rights.write, "W") +
         flag(to.rights.read, "R") + flag(to.global, "G") + flag(to.accessed, "A") +
         flag(to.dirty, "D") + " type " + std::to_string(to.memory_type);
}

std::string result_text(PtwResult verdict, unsigned level, const Translation& to) {
  return "result " + std::string(name_of(verdict)) + " at level " + std::to_string(level) +
         (is_fault(verdict) ? "" : " " + page_text(to));
}

/// Parts in one line.
class Line {
 public:
  void add(const std::string& part) { text_ += (text_.empty() ? "" : "; ") + part; }
  std::string text() const { return text_.empty() ? "-" : text_; }

 private:
  std::string text_;
};

std::string table_row(const std::string& cycle, const std::string& model, const std::string& rtl) {
  constexpr std::size_t kWidth = 60;
  std::string row(cycle.size() < 12 ? 12 - cycle.size() : 0, ' ');
  row += cycle + "  " + model;
  row += std::string(model.size() < kWidth ? kWidth - model.size() : 0, ' ');
  return row + "  " + rtl + "\n";
}

}  // namespace

std::string LockstepLane::tell(const Said& model) {
  Line line;
  if (model.ready) line.add(model.begun ? "takes the request" : "free");
  if (model.offer) {
    const EntryOffered& offer = *model.offer;
    line.add(offer_text(offer.update, offer.entry.value(), offer.compare, offer.value));
  }
  if (model.fill) line.add(fill_text(model.fill->level, model.fill->table, model.fill->global));
  if (model.result) {
    line.add(result_text(model.result->verdict, model.result->level, model.result->to));
  }
  return line.text();
}

std::string LockstepLane::tell(const PtwOutputs& rtl) const {
  Line line;
  if (rtl.req_ready) line.add(rtl.wc_valid ? "takes the request" : "free");
  if (rtl.mem_valid) {
    line.add(offer_text(rtl.mem_update, rtl.mem_addr, rtl.mem_compare, rtl.mem_wdata));
  }
  if (rtl.fill_valid) {
    line.add(fill_text(rtl.fill_level, rtl.fill_ppn << kBasePageShift, rtl.fill_global));
  }
  if (rtl.rsp_valid) {
    line.add(result_text(rtl.rsp_result, rtl.rsp_level, ptw_translation(*format_, rtl)));
  }
  return line.text();
}

/// "" where they agree.
std::string LockstepLane::difference(const Said& model, const PtwOutputs& rtl) const {
  if (model.ready != rtl.req_ready || model.begun != rtl.wc_valid) return "the taking of a request";
  if (model.offer.has_value() != rtl.mem_valid) return "the cycle of an access to memory";
  if (model.offer) {
    const EntryOffered& offer = *model.offer;
    if (offer.update != rtl.mem_update) return "read or update";
    if (offer.entry.value() != rtl.mem_addr) return "the address of an entry";
    if (offer.update && (offer.compare != rtl.mem_compare || offer.value != rtl.mem_wdata)) {
      return "the value of an update";
    }
  }
  if (model.fill.has_value() != rtl.fill_valid) return "the cycle of a walk-cache fill";
  if (model.fill) {
    if (model.fill->level != rtl.fill_level || model.fill->global != rtl.fill_global ||
        model.fill->table != rtl.fill_ppn << kBasePageShift) {
      return "the value of a walk-cache fill";
    }
    if (rtl.fill_va != request_.va.value() || rtl.fill_asid != request_.asid) {
      return "the tag of a walk-cache fill";
    }
  }
  if (model.result.has_value() != rtl.rsp_valid) return "the cycle of the result";
  return model.result ? difference(*model.result, rtl) : "";
}

std::string LockstepLane::difference(const Result& model, const PtwOutputs& rtl) const {
  if (model.verdict != rtl.rsp_result) return "the result";
  if (model.level != rtl.rsp_level) return "the level of the result";
  if (is_fault(model.verdict)) return "";
  const Translation to = ptw_translation(*format_, rtl);
  if (to.base != model.to.base || to.page_shift != model.to.page_shift) return "the page";
  if (!(to.rights == model.to.rights)) return "the rights of the page";
  if (to.global != model.to.global || to.accessed != model.to.accessed ||
      to.dirty != model.to.dirty || to.memory_type != model.to.memory_type) {
    return "the attributes of the page";
  }
  return "";
}

void LockstepLane::differs(Cycle at, const std::string& what) {
  std::ostringstream out;
  out << "lockstep: model and RTL differ in " << what << ": cycle " << at << ", walker " << number_
      << ", " << name_of(request_.kind) << " to VA " << hex(request_.va.value()) << ", ASID "
      << request_.asid;
  const std::string headline = out.str();
  out << "\n\nstate of the core: " << unsigned{request_.context.bits}
      << (request_.may_set_dirty ? "; may set D" : "; may not set D") << "; format "
      << format_->name << "; " << outcome_.walks << " walks before agree\n\n"
      << table_row("cycle", "model", "RTL");
  Cycle last = 0;
  for (const Moment& moment : history_) {
    if (last != 0 && moment.at != last + 1) out << table_row("", "...", "...");
    out << table_row(std::to_string(moment.at), tell(moment.model), tell(moment.rtl));
    last = moment.at;
  }
  outcome_.report = out.str();
  throw ModelError(headline);
}

}  // namespace mmu

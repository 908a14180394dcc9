// Whoever wants to see what passes over the links of a machine stands in them.
#pragma once

#include <string>
#include <systemc>

#include "hw/link/memory_if.hpp"
#include "hw/link/translate_if.hpp"

namespace mmu {

/// Each returns what stands before the end of a link that is given: it passes everything on, and
/// lives as long as the machine. A link is named "from_to", its replies as its requests.
class LinkTaps {
 public:
  virtual ~LinkTaps() = default;
  virtual TranslateIf& before(const std::string& link, TranslateIf& server) = 0;
  virtual TranslateReplyIf& before(const std::string& link, TranslateReplyIf& requester) = 0;
  virtual MemoryIf& before(const std::string& link, MemoryIf& server) = 0;
  virtual MemoryReplyIf& before(const std::string& link, MemoryReplyIf& requester) = 0;
};

/// Without `taps` (nullptr) the two ends are joined as though there were no such thing.
template <class If>
void join(sc_core::sc_port<If>& from, sc_core::sc_export<If>& to, LinkTaps* taps,
          const std::string& link) {
  if (taps == nullptr) return from.bind(to);
  from.bind(taps->before(link, *to.operator->()));
}

}  // namespace mmu

#include "sim/command/completion.hpp"

#include <algorithm>

#include "hw/common/log.hpp"
#include "sim/experiment/metrics.hpp"
#include "sim/presets/knob_table.hpp"
#include "sim/presets/presets.hpp"

namespace mmu {
namespace {

bool begins_with(const std::string& text, const std::string& begin) {
  return text.compare(0, begin.size(), begin) == 0;
}

/// Collects what begins with the word that is typed.
class Collector {
 public:
  Collector(Completion& out, std::string typed) : out_(out), typed_(std::move(typed)) {}
  void add(const std::string& word, const std::string& help = "") {
    if (begins_with(word, typed_)) out_.candidates.push_back({word, help});
  }
  void files() { out_.files = true; }
  const std::string& typed() const { return typed_; }

 private:
  Completion& out_;
  std::string typed_;
};

void add_presets(Collector& to) {
  for (const std::string& name : preset_names()) to.add(name, "a preset");
  to.files();
}

/// "path=" first, then the values of that knob.
void add_knobs(Collector& to) {
  const std::size_t equals = to.typed().find('=');
  const Knob* knob =
      equals == std::string::npos ? nullptr : find_knob(to.typed().substr(0, equals));
  if (knob == nullptr) {
    for (const Knob& each : knobs()) to.add(each.path + "=", each.doc);
    return;
  }
  std::vector<std::string> values = knob->choices;
  if (knob->kind == KnobKind::kSwitch) values = {"true", "false"};
  for (const std::string& value : values) to.add(knob->path + "=" + value);
}

void add_log_wishes(Collector& to) {
  std::vector<std::string> sources(std::begin(kLogNames), std::end(kLogNames));
  sources.emplace_back("all");
  const bool has_source = to.typed().find('=') != std::string::npos;
  for (const std::string& source : sources) {
    if (!has_source) to.add(source + "=");
    for (const std::string_view level : kLogLevelNames) {
      if (has_source) to.add(source + "=" + std::string(level));
    }
  }
}

/// What fits by the name of the value; what is neither a word of ours nor a file has no candidates.
void add_values(const OptionDescription& option, Collector& to) {
  static const std::vector<std::string> kNoFiles = {
      "N", "I/N", "SECONDS", "OPTION", "NAME", "KIND", "WORDS", "PATTERN", "NAME|N", "ADDRESS"};
  for (const std::string& choice : option.choices) to.add(choice);
  if (option.value == "PRESET|FILE" || option.value == "MACHINE") {
    add_presets(to);
  } else if (option.value == "KEY=VALUE") {
    add_knobs(to);
  } else if (option.value == "SOURCE=LEVEL") {
    add_log_wishes(to);
  } else if (option.value == "METRIC=PERCENT") {
    for (const Metric& metric : metrics()) to.add(std::string(metric.name) + "=");
  } else if (option.choices.empty() &&
             std::find(kNoFiles.begin(), kNoFiles.end(), option.value) == kNoFiles.end()) {
    to.files();
  }
}

/// Follows the words before the one that is completed.
struct Place {
  const CommandDescription* command;
  const OptionDescription* waiting = nullptr;  ///< an option whose value comes next
  std::size_t arguments = 0;                   ///< that have been given
  bool only_arguments = false;                 ///< behind "--"
};

const OptionDescription* find_option(const CommandDescription& command, const std::string& name) {
  for (const OptionDescription& option : command.options) {
    const auto& names = option.names;
    if (!option.is_argument && std::find(names.begin(), names.end(), name) != names.end()) {
      return &option;
    }
  }
  return nullptr;
}

void follow(Place& place, const std::string& word) {
  if (place.waiting != nullptr) {
    place.waiting = nullptr;
  } else if (word == "--") {
    place.only_arguments = true;
  } else if (word.size() > 1 && word[0] == '-' && !place.only_arguments) {
    const OptionDescription* option = find_option(*place.command, word);
    if (option != nullptr && !option->value.empty()) place.waiting = option;
  } else {
    for (const CommandDescription& command : place.command->commands) {
      if (command.name != word) continue;
      place = {&command};
      return;
    }
    ++place.arguments;
  }
}

void add_argument(const Place& place, Collector& to) {
  std::size_t index = 0;
  const OptionDescription* last = nullptr;
  for (const OptionDescription& option : place.command->options) {
    if (!option.is_argument) continue;
    last = &option;
    if (index++ == place.arguments) break;
  }
  if (last != nullptr && (place.arguments < index || last->repeats)) add_values(*last, to);
}

}  // namespace

Completion complete(const CommandDescription& program, const std::vector<std::string>& words) {
  Completion completion;
  Place place{&program};
  for (std::size_t i = 0; i + 1 < words.size(); ++i) follow(place, words[i]);
  Collector to(completion, words.empty() ? "" : words.back());
  if (place.waiting != nullptr) {
    add_values(*place.waiting, to);
    return completion;
  }
  if (begins_with(to.typed(), "-") && !place.only_arguments) {
    for (const OptionDescription& option : place.command->options) {
      for (const std::string& name : option.names) {
        if (!option.is_argument) to.add(name, option.help);
      }
    }
    return completion;
  }
  for (const CommandDescription& command : place.command->commands) {
    to.add(command.name, command.help);
  }
  add_argument(place, to);
  return completion;
}

std::string completion_text(const Completion& completion) {
  std::string text;
  for (const auto& [word, help] : completion.candidates) {
    text += word + (help.empty() ? "" : "\t" + help) + "\n";
  }
  return text + (completion.files ? ":files\n" : "");
}

std::string completion_script(const std::string& shell) {
  if (shell == "bash") {
    return R"BASH(# bash completion for mmusim: source <(mmusim completion bash)
_mmusim() {
  local line=${COMP_LINE:0:COMP_POINT} current answer word
  local -a words
  COMPREPLY=()
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  current=${words[-1]}
  # Bash breaks words at '=' and ':', and replaces what follows.
  local kept=""
  [[ $COMP_WORDBREAKS == *=* && $current == *=* ]] && kept=${current%"${current##*=}"}
  while IFS= read -r answer; do
    if [[ $answer == :files ]]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "${current#"$kept"}")
      continue
    fi
    word=${answer%%$'\t'*}
    [[ $word == *= ]] && compopt -o nospace 2>/dev/null
    COMPREPLY+=("${word#"$kept"}")
  done < <("${words[0]}" complete -- "${words[@]:1}" 2>/dev/null)
}
complete -F _mmusim mmusim
)BASH";
  }
  return R"ZSH(#compdef mmusim
# zsh completion for mmusim; as _mmusim in a folder of $fpath.
_mmusim() {
  local answer word
  local -a plain shown open
  local files=0 none=1
  for answer in "${(@f)$("${words[1]}" complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    word=${answer%%$'\t'*}
    if [[ $answer == :files ]]; then
      files=1
    elif [[ $word == *= ]]; then
      open+=("$word")
    elif [[ -n $word ]]; then
      plain+=("$word")
      shown+=("${answer/$'\t'/  -- }")
    fi
  done
  (( $#open )) && compadd -S '' -- $open && none=0
  (( $#plain )) && compadd -l -d shown -- $plain && none=0
  (( files )) && _files && none=0
  return none
}
_mmusim "$@"
)ZSH";
}

}  // namespace mmu

// Collects what the words of all sources say, one after the other, into Options. Called by options.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/option_word.h"
#include "app/options.h"

namespace app {

/// The result for a value: nullopt when it was taken. Otherwise what is wrong with it; an empty text when the option's
/// description says enough.
using Objection = std::optional<std::string>;

class OptionReader {
public:
    /// An error, or nothing when the option was taken. The word is not one that takes its option back.
    std::optional<UsageError> apply(const OptionWord& word);
    /// Checks what follows from all options together. Called once, at the end.
    std::expected<Options, UsageError> finish();

private:
    /// The objection is a whole sentence.
    Objection take_directory(std::string_view name);
    Objection take_coded_names(std::string_view value);
    Objection take_grant(std::string_view value);
    Objection apply_access(OptionId id, std::string_view value);
    Objection apply_place(OptionId id, std::string_view value);
    Objection apply_tls(OptionId id, std::string_view value);
    Objection apply_action(OptionId id, std::string_view value);
    Objection take_prompt(std::string_view value);
    Objection take_explained(std::string_view value);
    Objection apply_process(OptionId id, std::string_view value);
    Objection apply_limit(OptionId id, std::string_view value);

    std::optional<UsageError> bind_addresses();
    std::optional<UsageError> pair_certificates();

    Options options_;
    bool follows_links_ = false;  ///< --symlinks asks for it
    std::uint16_t port_ = 4221;
    std::vector<std::string> binds_;
    std::vector<std::string> chains_;  ///< of --tls-cert
    std::vector<std::string> keys_;    ///< of --tls-key, in the same order
};

/// For a value whose fault the table's words describe well enough.
[[nodiscard]] inline Objection taken_if(bool right) { return right ? Objection() : Objection(""); }

/// Stores the result of a parser, if there is one.
template <typename Value>
[[nodiscard]] Objection store(Value& into, const auto& parsed) {
    if (parsed) into = static_cast<Value>(*parsed);
    return taken_if(parsed.has_value());
}

}  // namespace app

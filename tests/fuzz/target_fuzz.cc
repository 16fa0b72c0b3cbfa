// Request-targets: what is accepted is a normal, absolute path without a way up, and writing it out and reading it
// again gives the same path.
#include "fuzz/fuzz_target.h"
#include "http/target.h"

namespace {

void require_normal(const std::string& path) {
    fuzz::require(path.starts_with('/'), "a path is absolute");
    fuzz::require(path.find('\0') == path.npos, "a path has no NUL");
    fuzz::require(path.find("//") == path.npos, "runs of slashes are folded");
    const std::string closed = path + "/";
    fuzz::require(closed.find("/../") == closed.npos && closed.find("/./") == closed.npos, "no dot-segments are left");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text = fuzz::text_of(bytes, size);
    const http::Slice all{0, static_cast<std::uint32_t>(size)};
    for (const bool is_options : {false, true}) {
        http::Target target;
        const http::TargetError error = http::parse_target(text, all, is_options, target);
        if (error != http::TargetError::none) {
            fuzz::require(!http::target_error_text(error).empty(), "every refusal has a sentence");
            continue;
        }
        if (target.form == http::Target::Form::asterisk) continue;
        require_normal(target.path);
        const std::string written = http::encode_path(target.path);
        fuzz::require(!written.starts_with("//"), "a path is never written as another host");
        http::Target again;
        const http::Slice slice{0, static_cast<std::uint32_t>(written.size())};
        fuzz::require(http::parse_target(written, slice, false, again) == http::TargetError::none,
                      "what we write is valid");
        fuzz::require(again.path == target.path, "what we write is the same path");
    }
    static_cast<void>(http::is_valid_host(text, true));
    return 0;
}

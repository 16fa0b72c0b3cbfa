// Names of fields.
#include "http/field_name.h"

#include <string>

#include "base/ascii.h"
#include "support/catch.h"
#include "support/feed.h"

using http::FieldName;

namespace {

constexpr int kLast = static_cast<int>(FieldName::x_forwarded_for);

}  // namespace

TEST_CASE("field name: every name is found in any case, at the end of memory", "[http][field]") {
    support::GuardedText memory(64);
    for (int i = 1; i <= kLast; ++i) {
        const auto name = static_cast<FieldName>(i);
        std::string text(http::field_name_text(name));
        CAPTURE(text);
        REQUIRE_FALSE(text.empty());
        CHECK(http::find_field_name(memory.hold(text)) == name);
        for (char& c : text) c = base::to_lower(c);
        CHECK(http::find_field_name(memory.hold(text)) == name);
        for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 0x20) : c;
        CHECK(http::find_field_name(memory.hold(text)) == name);
    }
}

TEST_CASE("field name: one wrong bit in any byte makes another name", "[http][field]") {
    for (int i = 1; i <= kLast; ++i) {
        const std::string text(http::field_name_text(static_cast<FieldName>(i)));
        for (std::size_t at = 0; at < text.size(); ++at) {
            for (int bit = 0; bit < 8; ++bit) {
                std::string wrong = text;
                wrong[at] = static_cast<char>(wrong[at] ^ (1 << bit));
                if (base::equals_ignoring_case(wrong, text)) continue;
                CAPTURE(wrong);
                CHECK(http::find_field_name(wrong) == FieldName::other);
            }
        }
    }
}

TEST_CASE("field name: what is not known is other", "[http][field]") {
    for (const char* name : {"", "X", "Hos", "Hosts", "Content_Length", "X-Content-Length", "Transfer-Encodin"}) {
        CHECK(http::find_field_name(name) == FieldName::other);
    }
    CHECK(http::field_name_text(FieldName::other).empty());
}

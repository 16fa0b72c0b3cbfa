// Tags of what is made of many parts.
#include "storage/version_tag.h"

#include <set>

#include "http/conditional.h"
#include "support/catch.h"

namespace {

std::string tag_of(std::initializer_list<std::string_view> texts, std::initializer_list<std::uint64_t> numbers = {}) {
    storage::VersionTag tag;
    for (const auto text : texts) tag.add(text);
    for (const auto number : numbers) tag.add(number);
    return tag.text();
}

}  // namespace

TEST_CASE("version tag: a strong entity tag, the same for the same additions", "[storage]") {
    CHECK(http::is_entity_tag(tag_of({})));
    CHECK_FALSE(http::is_weak_tag(tag_of({})));
    CHECK(tag_of({"abcdefghi"}, {7}) == tag_of({"abcdefghi"}, {7}));
    CHECK(tag_of({"x"}).size() == 34);
}

TEST_CASE("version tag: whatever differs, the tag differs", "[storage]") {
    std::set<std::string> tags = {tag_of({}),           tag_of({""}),        tag_of({"", ""}),   tag_of({"a", "b"}),
                                  tag_of({"ab"}),       tag_of({"ab", ""}),  tag_of({"", "ab"}), tag_of({"b", "a"}),
                                  tag_of({"ab", "cd"}), tag_of({"abc", "d"})};
    CHECK(tags.size() == 10);
    tags.clear();
    std::string text(100, 'x');
    for (char& c : text) {
        for (int bit = 0; bit < 8; ++bit) {
            c = static_cast<char>(c ^ (1 << bit));
            tags.insert(tag_of({text}));
            c = static_cast<char>(c ^ (1 << bit));
        }
    }
    for (std::uint64_t i = 0; i < 64; ++i) {
        tags.insert(tag_of({text}, {std::uint64_t{1} << i, 0}));
        tags.insert(tag_of({text}, {0, std::uint64_t{1} << i}));
    }
    CHECK(tags.size() == 100 * 8 + 2 * 64);
}

TEST_CASE("version tag: the marks after each addition tell where two sequences part", "[storage]") {
    storage::VersionTag one;
    storage::VersionTag other;
    CHECK(one.mark() == other.mark());
    one.add("a");
    other.add("a");
    CHECK(one.mark() == other.mark());
    one.add(1);
    other.add(2);
    CHECK(one.mark() != other.mark());
    one.add("end");
    other.add("end");
    CHECK(one.mark() != other.mark());
}

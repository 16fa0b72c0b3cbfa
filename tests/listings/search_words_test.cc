// Which names a search wants.
#include "listings/search_words.h"

#include "support/catch.h"

using listings::SearchWords;

namespace {

bool wants(std::string_view words, std::string_view name) {
    trees::WalkSlice slice;
    return SearchWords::parse(words)->wants(name, slice);
}

}  // namespace

TEST_CASE("search words: each has to be somewhere in the name, in any order and either case of ASCII", "[listing]") {
    CHECK(wants("bill", "The Bill.txt"));
    CHECK(wants("TXT  bill", "the bill.txt"));
    CHECK_FALSE(wants("bill feather", "bill.txt"));
    CHECK_FALSE(wants("bills", "bill"));
    CHECK(wants("\xC3\xA4", "B\xC3\xA4r"));
    // Of other letters each case is a letter of its own.
    CHECK_FALSE(wants("\xC3\x84", "B\xC3\xA4r"));
    CHECK(wants("\xFF", "no \xFF utf-8"));
    CHECK(wants("[a]", "x[A]y"));
}

TEST_CASE("search words: a word with * or ? has to fit the whole name", "[listing]") {
    CHECK(wants("*.txt", "a.TXT"));
    CHECK_FALSE(wants("*.txt", "a.txt.gz"));
    CHECK(wants("a*", "a"));
    CHECK_FALSE(wants("a*", "ba"));
    CHECK(wants("*a*b*", "xxaxxbxx"));
    CHECK_FALSE(wants("*b*a*", "ab"));
    CHECK(wants("a?c", "abc"));
    CHECK_FALSE(wants("a?c", "ac"));
    CHECK_FALSE(wants("?", ""));
    CHECK(wants("*", ""));
    CHECK(wants("*aab", "aaaab"));
    CHECK(wants("bill *.txt", "my bill.txt"));
    CHECK_FALSE(wants("bill *.txt", "my bill.md"));
}

TEST_CASE("search words: ? is one character, also one of several bytes, or a byte that is none", "[listing]") {
    CHECK(wants("b?r", "b\xC3\xA4r"));
    CHECK_FALSE(wants("b??r", "b\xC3\xA4r"));
    CHECK(wants("b?r", "b\xFFr"));
    CHECK(wants("b??r", "b\xFF\xFEr"));
}

TEST_CASE("search words: nothing but spaces is no search; a slash and too much text are refused", "[listing]") {
    CHECK(SearchWords::parse("")->empty());
    CHECK(SearchWords::parse(" \t ")->empty());
    CHECK_FALSE(SearchWords::parse(" a ")->empty());
    CHECK(SearchWords::parse(std::string(listings::kSearchBytes, 'a')).has_value());
    CHECK(SearchWords::parse(std::string(listings::kSearchBytes + 1, 'a')).error().status == http::Status::bad_request);
    CHECK(SearchWords::parse("a/b").error().status == http::Status::bad_request);
}

TEST_CASE("search words: what takes long to compare is counted", "[listing]") {
    const std::string pattern = "*" + std::string(listings::kSearchBytes - 2, 'a') + "*";
    const auto words = SearchWords::parse(pattern);
    trees::WalkSlice slice;
    CHECK_FALSE(words->wants(std::string(253, 'b'), slice));
    CHECK(slice.used() > 200);
    trees::WalkSlice little;
    CHECK(SearchWords::parse("bill")->wants("bill.txt", little));
    CHECK(little.used() == 0);
}

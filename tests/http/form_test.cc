// Urlencoded forms.
#include "http/form.h"

#include "support/catch.h"

namespace {

std::string read(std::string_view text, const http::FormLimits& limits = {}) {
    const auto fields = http::parse_form(text, limits);
    if (!fields) return std::string(http::form_error_text(fields.error()));
    std::string out;
    for (const auto& [name, value] : *fields) out += "[" + name + "=" + value + "]";
    return out;
}

}  // namespace

TEST_CASE("form: fields in order, decoded", "[http][form]") {
    CHECK(read("") == "");
    CHECK(read("id=7&name=Ada+L&email=ada%40example.org") == "[id=7][name=Ada L][email=ada@example.org]");
    CHECK(read("a&b=&=c&=&&a=1") == "[a=][b=][=c][=][a=1]");
    CHECK(read("a=b=c") == "[a=b=c]");
    CHECK(read("%61=%62%2B%26%3d") == "[a=b+&=]");
    CHECK(read("&") == "");
}

TEST_CASE("form: bytes stay bytes, and a lone percent sign stays", "[http][form]") {
    CHECK(read("a=%ff%00") == std::string("[a=\xff\0]", 6));
    CHECK(read("a=100%&b=%4&c=%zz&d=%%41") == "[a=100%][b=%4][c=%zz][d=%A]");
    CHECK(read("a=%2") == "[a=%2]");
}

TEST_CASE("form: bounded", "[http][form]") {
    const http::FormLimits limits{2, 3, 4};
    CHECK(read("a=1&b=2", limits) == "[a=1][b=2]");
    CHECK(read("a=1&b=2&", limits) == "[a=1][b=2]");
    CHECK(read("a=1&b=2&c=3", limits) == http::form_error_text(http::FormError::too_many_fields));
    CHECK(read("%61bc=1", limits) == "[abc=1]");
    CHECK(read("abcd=1", limits) == http::form_error_text(http::FormError::name_too_long));
    CHECK(read("a=%31234", limits) == "[a=1234]");
    CHECK(read("a=12345", limits) == http::form_error_text(http::FormError::value_too_long));
}

TEST_CASE("form: written and read back, every byte", "[http][form]") {
    std::string all;
    for (int i = 0; i < 256; ++i) all.push_back(static_cast<char>(i));
    std::string text;
    http::append_form_field(text, "name", "Ada L");
    http::append_form_field(text, all, all + all);
    CHECK(text.starts_with("name=Ada+L&%00%01"));
    CHECK(text.find_first_of("\r\n \"<>") == std::string::npos);
    const auto fields = http::parse_form(text);
    REQUIRE(fields.has_value());
    CHECK(*fields == std::vector<http::FormField>{{"name", "Ada L"}, {all, all + all}});
    std::string mail;
    http::append_form_encoded(mail, "ada@example.org*-_~");
    CHECK(mail == "ada%40example.org*-_%7E");
}

// Content-Disposition, both ways.
#include "http/content_disposition.h"

#include "support/catch.h"

namespace {

using http::DispositionEscapes;

std::string read(std::string_view value, DispositionEscapes escapes = DispositionEscapes::field) {
    const auto disposition = http::parse_content_disposition(value, escapes);
    if (!disposition) return "malformed";
    return disposition->type + "|" + disposition->name.value_or("-") + "|" + disposition->filename.value_or("-");
}

}  // namespace

TEST_CASE("content-disposition: attachment of plain names", "[http][disposition]") {
    CHECK(http::attachment_disposition("a b.txt") == "attachment; filename=\"a b.txt\"");
    CHECK(http::attachment_disposition("x;y='1'.txt") == "attachment; filename=\"x;y='1'.txt\"");
}

TEST_CASE("content-disposition: attachment of any other name", "[http][disposition]") {
    CHECK(http::attachment_disposition("na\xc3\xafve.txt") ==
          "attachment; filename=\"na_ve.txt\"; filename*=UTF-8''na%C3%AFve.txt");
    CHECK(http::attachment_disposition("a\"b\\c") ==
          "attachment; filename=\"a\\\"b\\\\c\"; filename*=UTF-8''a%22b%5Cc");
    CHECK(http::attachment_disposition("100%41") == "attachment; filename=\"100%41\"; filename*=UTF-8''100%2541");
    CHECK(http::attachment_disposition("a\r\nb\x7f") == "attachment; filename=\"a__b_\"");
    CHECK(http::attachment_disposition("\xff.txt") == "attachment; filename=\"_.txt\"; filename*=UTF-8''%EF%BF%BD.txt");
    CHECK(http::attachment_disposition("\xf0\x9f\x90\xa6") ==
          "attachment; filename=\"_\"; filename*=UTF-8''%F0%9F%90%A6");
}

TEST_CASE("content-disposition: what was written is read back", "[http][disposition]") {
    for (const std::string name : {"plain.txt", "a b", "na\xc3\xafve", "q\"q", "b\\b", "p%41", "x;y=1", "it's"}) {
        CAPTURE(name);
        CHECK(read(http::attachment_disposition(name)) == "attachment|-|" + name);
    }
}

TEST_CASE("content-disposition: parsing", "[http][disposition]") {
    CHECK(read("attachment") == "attachment|-|-");
    CHECK(read("attachment; filename=a.txt") == "attachment|-|a.txt");
    CHECK(read("inline; FILENAME=\"a b.txt\"") == "inline|-|a b.txt");
    CHECK(read("attachment; filename=\"\"") == "attachment|-|");
    CHECK(read("attachment; filename=\"C:\\dir\\x.txt\"") == "attachment|-|C:\\dir\\x.txt");
    CHECK(read("attachment; filename=\"a;b=c\"; x=y") == "attachment|-|a;b=c");
    CHECK(read("attachment; filename=x; filename*=UTF-8''na%c3%afve") == "attachment|-|na\xc3\xafve");
    CHECK(read("attachment; filename*=utf-8'en'y; filename=x") == "attachment|-|y");
    CHECK(read("attachment; filename*=iso-8859-1''na%efve") == "attachment|-|na\xc3\xafve");
    CHECK(read("attachment; filename=x; filename*=UTF-8''%ff") == "attachment|-|x");
    CHECK(read("attachment; filename=x; filename*=koi8-r''y") == "attachment|-|x");
    CHECK(read("form-data; name=\"f\"; filename=\"x\"") == "form-data|f|x");
    CHECK(read("attachment; filename=\"%22\"") == "attachment|-|%22");
    for (const auto* value : {"", ";", "a b", "attachment; filename", "attachment; filename=\"x",
                              "attachment; filename=x; filename=y", "form-data; name=a; name=b", "attachment x"}) {
        CAPTURE(value);
        CHECK(read(value) == "malformed");
    }
}

TEST_CASE("content-disposition: escapes of browsers in forms", "[http][disposition]") {
    const auto part = [](std::string_view value) { return read(value, DispositionEscapes::form_part); };
    CHECK(part("form-data; name=\"a%22b\"; filename=\"x%0D%0Ay%20%41\"") == "form-data|a\"b|x\r\ny%20%41");
    CHECK(part("form-data; name=\"a\\\"b\"; filename=\"c\\\\d\"") == "form-data|a\"b|c\\d");
    CHECK(part("form-data; name=\"100%\"; filename=\"%2\"") == "form-data|100%|%2");
}

TEST_CASE("content-disposition: ext-values", "[http][disposition]") {
    CHECK(http::decode_ext_value("UTF-8''") == "");
    CHECK(http::decode_ext_value("UTF-8''%2e%2e%2f") == "../");
    CHECK(http::decode_ext_value("UTF-8''%00") == std::string(1, '\0'));
    for (const auto* value : {"", "UTF-8", "UTF-8'x", "''x", "UTF-8''%", "UTF-8''%4", "UTF-8''%4g", "UTF-8''a b",
                              "UTF-8''\xc3\xaf", "UTF-8''a'b", "UTF-8''%c0%af"}) {
        CAPTURE(value);
        CHECK_FALSE(http::decode_ext_value(value).has_value());
    }
}

TEST_CASE("content-disposition: paths are cut off", "[http][disposition]") {
    CHECK(http::strip_path("a.txt") == "a.txt");
    CHECK(http::strip_path("../../etc/x") == "x");
    CHECK(http::strip_path("C:\\dir\\x") == "x");
    CHECK(http::strip_path("dir/") == "");
    CHECK(http::strip_path("a\\b/..") == "..");
}

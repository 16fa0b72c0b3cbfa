// The parser of multipart/form-data, at every cut.
#include "http/multipart.h"

#include <vector>

#include "support/catch.h"

namespace {

using Event = http::MultipartParser::Event;

/// What a body gives, as readable text: "<name|filename|type>content</>" for every part, then "end" or the error.
class Reading {
public:
    explicit Reading(std::string_view boundary = "AaB03x", std::size_t max_parts = http::kMaxParts)
        : parser_(boundary, max_parts) {}

    void feed(std::string_view block) {
        // A copy of its own size: reading past the end is seen by the sanitizer.
        const std::vector<char> copy(block.begin(), block.end());
        auto input = std::as_bytes(std::span(copy));
        while (true) {
            const auto step = parser_.next(input);
            REQUIRE(step.consumed <= input.size());
            input = input.subspan(step.consumed);
            if (step.event == Event::need_more) {
                REQUIRE(input.empty());
                return;
            }
            if (step.event == Event::error) {
                failed_ = true;
                return;
            }
            note(step);
        }
    }

    [[nodiscard]] std::string text() const { return failed_ ? "error: " + std::string(parser_.error_text()) : text_; }
    [[nodiscard]] const http::MultipartParser& parser() const { return parser_; }

private:
    void note(const http::MultipartParser::Step& step) {
        switch (step.event) {
            case Event::part_begin:
                text_ += "<" + parser_.part().name + "|" + parser_.part().filename.value_or("-") + "|" +
                         parser_.part().content_type + ">";
                break;
            case Event::part_bytes:
                CHECK_FALSE(step.bytes.empty());
                text_.append(reinterpret_cast<const char*>(step.bytes.data()), step.bytes.size());
                break;
            case Event::part_end: text_ += "</>"; break;
            case Event::end: text_ += "end"; break;
            default: FAIL("no such event here");
        }
    }

    http::MultipartParser parser_;
    std::string text_;
    bool failed_ = false;
};

std::string read_whole(std::string_view body) {
    Reading reading;
    reading.feed(body);
    return reading.text();
}

/// Whole, byte by byte, and cut in two at every place: always the same.
void check(std::string_view body, const std::string& expected) {
    CHECK(read_whole(body) == expected);
    Reading bytewise;
    for (const char& c : body) bytewise.feed({&c, 1});
    CHECK(bytewise.text() == expected);
    for (std::size_t cut = 0; cut <= body.size(); ++cut) {
        Reading reading;
        reading.feed(body.substr(0, cut));
        reading.feed(body.substr(cut));
        if (reading.text() != expected) {
            CAPTURE(cut);
            CHECK(reading.text() == expected);
        }
    }
}

std::string part(std::string_view name, std::string_view content) {
    return "--AaB03x\r\nContent-Disposition: form-data; name=\"" + std::string(name) + "\"\r\n\r\n" +
           std::string(content) + "\r\n";
}

std::string head_error(std::string_view lines) {
    return read_whole("--AaB03x\r\n" + std::string(lines) + "\r\nx\r\n--AaB03x--\r\n");
}

bool is_error(const std::string& text) { return text.starts_with("error: ") && text.size() > 20; }

}  // namespace

TEST_CASE("multipart: the boundary of a Content-Type", "[http][multipart]") {
    CHECK(http::find_form_boundary("multipart/form-data; boundary=AaB03x") == "AaB03x");
    CHECK(http::find_form_boundary("Multipart/Form-Data;charset=utf-8; Boundary=\"a b'()+_,-./:=?c\"") ==
          "a b'()+_,-./:=?c");
    CHECK(http::find_form_boundary("multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW") ==
          "----WebKitFormBoundary7MA4YWxkTrZu0gW");
    const std::string seventy(70, 'x');
    CHECK(http::find_form_boundary("multipart/form-data; boundary=" + seventy) == seventy);
    CHECK_FALSE(http::find_form_boundary("multipart/form-data; boundary=" + seventy + "x").has_value());
    for (const auto* type : {"", "multipart/form-data", "multipart/mixed; boundary=x", "multipart/form-data; boundary=",
                             "multipart/form-data; boundary=\"\"", "multipart/form-data; boundary=\"x \"",
                             "multipart/form-data; boundary=\"x", "multipart/form-data; boundary=x; boundary=x",
                             "multipart/form-data; boundary=\"x\r\n\"", "multipart/form-data; boundary=x\xff",
                             "multipart/form-data, boundary=x", "multipart/form-data; boundary=\"a\\\"\""}) {
        CAPTURE(type);
        CHECK_FALSE(http::find_form_boundary(type).has_value());
    }
}

TEST_CASE("multipart: fields and files", "[http][multipart]") {
    const std::string body =
        part("user", "Ada") +
        "--AaB03x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n"
        "X-Other: y\r\n\r\nline\r\n\r\n--AaB03\r\n\r\r\n--x\r\n--AaB03x--\r\nepilogue\r\n--AaB03x";
    check(body, "<user|-|>Ada</><f|a.txt|text/plain>line\r\n\r\n--AaB03\r\n\r\r\n--x</>end");
}

TEST_CASE("multipart: empty parts and empty forms", "[http][multipart]") {
    check("--AaB03x--\r\n", "end");
    check("--AaB03x--", "end");
    check("preamble\r\n--AaB03x--", "end");
    check("\r\n--AaB03x--", "end");
    check(part("a", "") + "--AaB03x--\r\n", "<a|-|></>end");
    check("--AaB03x\r\nContent-Disposition: form-data; name=a\r\n\r\n--AaB03x--", "<a|-|></>end");
    check("--AaB03x\r\nContent-Disposition: form-data; name=f; filename=\"\"\r\n\r\n\r\n--AaB03x--", "<f||></>end");
}

TEST_CASE("multipart: content that looks like the delimiter", "[http][multipart]") {
    for (const std::string content :
         {"\r", "\n", "\r\n", "\r\r\n", "\r\n\r\n-", "-", "--", "--AaB03", "\r\n--AaB03", "\r\n-\r\n--\r\n--A",
          "\r\n--aab03x", "\r\r\r\r\r\r", "\n--AaB03x", "x--AaB03x", "\r--AaB03x", "\r\n--AaB03\r\n--AaB03"}) {
        check(part("a", content) + "--AaB03x--", "<a|-|>" + content + "</>end");
    }
}

TEST_CASE("multipart: padding behind the boundary", "[http][multipart]") {
    check("--AaB03x \t \r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--AaB03x--", "<a|-|>x</>end");
}

TEST_CASE("multipart: a body that is cut off is not complete", "[http][multipart]") {
    const std::string body = part("a", "x") + "--AaB03x--";
    for (std::size_t length = 0; length < body.size(); ++length) {
        Reading reading;
        reading.feed(std::string_view(body).substr(0, length));
        CHECK_FALSE(reading.parser().complete());
        CHECK(reading.text().find("error") == std::string::npos);
    }
    Reading reading;
    reading.feed(body);
    CHECK(reading.parser().complete());
}

TEST_CASE("multipart: bytes are given in place and not held back", "[http][multipart]") {
    http::MultipartParser parser("b");
    const std::string head = "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n";
    REQUIRE(parser.next(std::as_bytes(std::span(head))).event == Event::part_begin);
    const std::string block(1000, '\r');
    const auto input = std::as_bytes(std::span(block));
    const auto step = parser.next(input);
    CHECK(step.event == Event::part_bytes);
    CHECK(step.bytes.data() == input.data());
    CHECK(step.bytes.size() == 999);  // the last could begin a delimiter
    CHECK(step.consumed == 1000);
}

TEST_CASE("multipart: names with the escapes of browsers", "[http][multipart]") {
    check("--AaB03x\r\nContent-Disposition: form-data; name=\"a%22\"; filename=\"x%0D%0A.txt\"\r\n\r\n1\r\n--AaB03x--",
          "<a\"|x\r\n.txt|>1</>end");
    check("--AaB03x\r\ncontent-disposition:form-data;name=a;filename=b;filename*=UTF-8''%c3%af\r\n\r\n1\r\n--AaB03x--",
          "<a|\xc3\xaf|>1</>end");
}

TEST_CASE("multipart: heads that are refused", "[http][multipart]") {
    for (const auto* lines :
         {"", "X: y\r\n", "Content-Disposition: form-data\r\n", "Content-Disposition: attachment; name=a\r\n",
          "Content-Disposition: form-data; name=a\r\nContent-Disposition: form-data; name=b\r\n",
          "Content-Disposition: form-data; name=\"a\r\n", "Content-Disposition : form-data; name=a\r\n", "no colon\r\n",
          ": x\r\n", "Content-Disposition: form-data; name=a\n", "Content-Disposition: form-data;\r\n name=a\r\n",
          "Content-Disposition: form-data; name=a\rX: y\r\n",
          "Content-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: base64\r\n"}) {
        CAPTURE(lines);
        CHECK(is_error(head_error(lines)));
    }
    CHECK(is_error(head_error(std::string_view("Content-Disposition: form-data; name=a\0\r\n", 41))));
    CHECK(head_error("Content-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: BINARY\r\n") ==
          "<a|-|>x</>end");
}

TEST_CASE("multipart: delimiter lines that are refused", "[http][multipart]") {
    for (const auto* body :
         {"--AaB03xy\r\n", "--AaB03x-\r\n", "--AaB03x\n", "--AaB03x\rx", "--AaB03x  --", "--AaB03x x"}) {
        CAPTURE(body);
        CHECK(is_error(read_whole(body)));
    }
}

TEST_CASE("multipart: an error stays", "[http][multipart]") {
    Reading reading;
    reading.feed("--AaB03xy");
    const std::string first = reading.text();
    reading.feed(part("a", "x"));
    CHECK(reading.text() == first);
    CHECK_FALSE(reading.parser().over_limit());
    CHECK_FALSE(reading.parser().complete());
}

TEST_CASE("multipart: the number of parts is bounded", "[http][multipart]") {
    for (const bool one_more : {false, true}) {
        Reading reading("AaB03x", 3);
        for (int i = 0; i < (one_more ? 4 : 3); ++i) reading.feed(part("a", "x"));
        reading.feed("--AaB03x--");
        CHECK(reading.parser().over_limit() == one_more);
        CHECK(is_error(reading.text()) == one_more);
    }
}

TEST_CASE("multipart: heads and names are bounded", "[http][multipart]") {
    const std::string disposition = "Content-Disposition: form-data; name=\"a\"\r\n";
    const auto over_limit = [](const std::string& head) {
        Reading reading;
        reading.feed("--AaB03x\r\n" + head + "\r\n");
        return reading.parser().over_limit();
    };
    const std::size_t room = http::kMaxPartHeadBytes - disposition.size() - 7;
    CHECK_FALSE(over_limit(disposition + "X: " + std::string(room, 'y') + "\r\n"));
    CHECK(over_limit(disposition + "X: " + std::string(room + 1, 'y') + "\r\n"));
    const auto named = [](std::size_t length) {
        return "Content-Disposition: form-data; name=\"" + std::string(length, 'n') + "\"\r\n";
    };
    CHECK_FALSE(over_limit(named(http::kMaxPartNameBytes)));
    CHECK(over_limit(named(http::kMaxPartNameBytes + 1)));

    Reading endless;
    endless.feed("--AaB03x\r\nX: ");
    for (int i = 0; i < 10; ++i) endless.feed(std::string(1000, 'y'));
    CHECK(endless.parser().over_limit());
}

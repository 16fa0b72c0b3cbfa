// XML that is written.
#include "dav/xml_name.h"

#include "support/catch.h"

namespace {

std::string escaped(std::string_view text) {
    std::string out;
    dav::append_xml_escaped(out, text);
    return out;
}

}  // namespace

TEST_CASE("xml text: what has a meaning is escaped, also in attributes", "[dav]") {
    CHECK(escaped("a<b>&\"c\" ]]>") == "a&lt;b&gt;&amp;&quot;c&quot; ]]&gt;");
    CHECK(escaped("a\tb\nc\rd") == "a&#9;b&#10;c&#13;d");
}

TEST_CASE("xml text: what XML cannot hold is replaced", "[dav]") {
    const std::string replaced = "\xEF\xBF\xBD";
    CHECK(escaped(std::string_view("a\0b", 3)) == "a" + replaced + "b");
    CHECK(escaped("\x01\x1F") == replaced + replaced);
    CHECK(escaped("\xFF\xC3(") == replaced + replaced + "(");
    CHECK(escaped("\xED\xA0\x80") == replaced + replaced + replaced);  // half of a surrogate pair
    CHECK(escaped("\xEF\xBF\xBE\xEF\xBF\xBF") == replaced + replaced);
    CHECK(escaped("gr\xC3\xBC\xC3\x9F \xF0\x9F\x98\x80") == "gr\xC3\xBC\xC3\x9F \xF0\x9F\x98\x80");
}

TEST_CASE("xml tags: each declares its namespace", "[dav]") {
    std::string out;
    for (const dav::XmlName& name : {dav::XmlName{"DAV:", "a"}, {"", "b"}, {"urn:x&y", "c"}}) {
        dav::append_open_tag(out, name);
        out.push_back('>');
        dav::append_close_tag(out, name);
    }
    CHECK(out == "<D:a></D:a><b xmlns=\"\"></b><n:c xmlns:n=\"urn:x&amp;y\"></n:c>");
}

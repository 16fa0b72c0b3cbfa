// Bodies with XML, and bodies that are made to do harm.
#include "dav/xml_reader.h"

#include "support/catch.h"

using dav::read_xml;

namespace {

std::string reason_of(std::string_view text) {
    const auto read = read_xml(text, 3);
    return read ? "none" : std::string(read.error().reason);
}

std::string nested(std::size_t levels) {
    std::string text;
    for (std::size_t level = 0; level < levels; ++level) text += "<a>";
    for (std::size_t level = 0; level < levels; ++level) text += "</a>";
    return text;
}

}  // namespace

TEST_CASE("xml reader: a tree of names with their namespaces", "[dav]") {
    if (!dav::has_xml_reader()) return;
    const auto root =
        read_xml("<?xml version=\"1.0\"?>\n<p:one xmlns:p='DAV:' xmlns='urn:x'><two/>\n<p:two/></p:one>", 3);
    REQUIRE(root.has_value());
    CHECK(root->name.is_dav("one"));
    REQUIRE(root->children.size() == 2);
    CHECK(root->children[0].name == dav::XmlName{"urn:x", "two"});
    CHECK(root->find_dav("two") == &root->children[1]);
    CHECK(root->find_dav("three") == nullptr);
}

TEST_CASE("xml reader: a value is XML that can stand anywhere", "[dav]") {
    if (!dav::has_xml_reader()) return;
    const auto root = read_xml(
        "<a xml:lang='de' xmlns:p='urn:p' xmlns='urn:d'><v p:x='1&amp;2' y='3'>t &lt; <p:i xml:space='preserve'>u</p:i>"
        "<j p:k='&quot;'/></v><w xml:lang='fr'/></a>",
        2);
    REQUIRE(root.has_value());
    REQUIRE(root->children.size() == 2);
    const dav::XmlElement& value = root->children[0];
    CHECK(value.language == "de");
    CHECK(value.children.empty());
    CHECK(value.value ==
          "t &lt; <n:i xmlns:n=\"urn:p\" xml:space=\"preserve\">u</n:i><n:j xmlns:n=\"urn:d\" xmlns:a1=\"urn:p\" "
          "a1:k=\"&quot;\"></n:j>");
    CHECK(root->children[1].language == "fr");
    // It can be read again, and is the same.
    const auto again = read_xml("<v>" + value.value + "</v>", 1);
    REQUIRE(again.has_value());
    CHECK(again->value == value.value);
}

TEST_CASE("xml reader: what is not well-formed is refused", "[dav]") {
    if (!dav::has_xml_reader()) return;
    for (const char* text :
         {"", " ", "x", "<a>", "<a></b>", "<a/><b/>", "<a b=1/>", "<a>&nbsp;</a>", "<p:a/>", "<a xmlns:p=''/>",
          "<a>\x01</a>", "<a>\xFF</a>", "<?xml version='1.0' encoding='none'?><a/>"}) {
        CAPTURE(text);
        CHECK(reason_of(text).find("well-formed") != std::string::npos);
    }
}

TEST_CASE("xml reader: a document type ends the parse, whatever is in it", "[dav]") {
    if (!dav::has_xml_reader()) return;
    for (const char* text : {"<!DOCTYPE a><a/>", "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>",
                             "<!DOCTYPE a [<!ENTITY x 'xxxxxxxxxx'><!ENTITY y '&x;&x;&x;&x;&x;'>]><a>&y;</a>",
                             "<!DOCTYPE a [<!ENTITY % x SYSTEM 'http://127.0.0.1/'> %x;]><a/>"}) {
        CAPTURE(text);
        CHECK(reason_of(text).find("DOCTYPE") != std::string::npos);
    }
}

TEST_CASE("xml reader: depth, elements and bytes are bounded", "[dav]") {
    if (!dav::has_xml_reader()) return;
    CHECK(reason_of(nested(dav::kMostXmlDepth)) == "none");
    CHECK(reason_of(nested(dav::kMostXmlDepth + 1)).find("within each other") != std::string::npos);
    const auto with_children = [](std::size_t count) {
        std::string text = "<a>";
        for (std::size_t child = 0; child < count; ++child) text += "<b/>";
        return text + "</a>";
    };
    CHECK(reason_of(with_children(dav::kMostXmlElements - 1)) == "none");
    CHECK(reason_of(with_children(dav::kMostXmlElements)).find("1000 elements") != std::string::npos);
    CHECK(reason_of("<a>" + std::string(dav::kMostXmlBytes, ' ') + "</a>").find("256 KiB") != std::string::npos);
}

TEST_CASE("xml reader: a long namespace is not multiplied without a bound", "[dav]") {
    if (!dav::has_xml_reader()) return;
    const std::string space = "urn:" + std::string(40'000, 'x');
    std::string elements = "<a xmlns='" + space + "'>";
    for (int child = 0; child < 100; ++child) elements += "<b/>";
    CHECK(reason_of(elements + "</a>").find("256 KiB") != std::string::npos);
    std::string attributes = "<a><b><c><d xmlns:p='" + space + "'";
    for (int each = 0; each < 1000; ++each) attributes += " p:a" + std::to_string(each) + "=''";
    CHECK(reason_of(attributes + "/></c></b></a>").find("256 KiB") != std::string::npos);
    std::string values = "<a><b><c xmlns:p='" + space + "'>";
    for (int each = 0; each < 100; ++each) values += "<p:d/>";
    CHECK(reason_of(values + "</c></b></a>").find("256 KiB") != std::string::npos);
}

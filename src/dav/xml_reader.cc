// Expat calls back for each tag and each piece of text. What a callback does not like stops the parse.
#include "dav/xml_reader.h"

#include <expat.h>

#include <memory>
#include <optional>
#include <utility>

namespace dav {
namespace {

using http::Refusal;
using http::Status;

/// Between the namespace and the name in what expat gives. It refuses a namespace that holds it.
constexpr char kSeparator = '\n';
constexpr std::string_view kXmlSpace = "http://www.w3.org/XML/1998/namespace";

constexpr Refusal kMalformed{Status::bad_request,
                             "the body is not well-formed XML with namespaces, in UTF-8 or another usual encoding."};
constexpr Refusal kDocumentType{Status::bad_request, "the body has a document type (DOCTYPE); send it without."};
constexpr Refusal kTooDeep{Status::bad_request, "the body has more than 32 elements within each other."};
constexpr Refusal kTooMany{Status::bad_request, "the body has more than 1000 elements."};
constexpr Refusal kTooLarge{Status::bad_request,
                            "the names and values in the body take more than 256 KiB; shorten the namespaces."};
constexpr Refusal kNoMemory{Status::service_unavailable, "there is no memory to read the body; try again later."};

struct FreeParser {
    void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
};
using Parser = std::unique_ptr<std::remove_pointer_t<XML_Parser>, FreeParser>;

XmlName split_name(std::string_view joined) {
    const std::size_t end = joined.find(kSeparator);
    if (end == std::string_view::npos) return {.space = {}, .local = std::string(joined)};
    return {.space = std::string(joined.substr(0, end)), .local = std::string(joined.substr(end + 1))};
}

class TreeBuilder {
public:
    TreeBuilder(XML_Parser parser, std::size_t value_depth) : parser_(parser), value_depth_(value_depth) {
        XML_SetUserData(parser, this);
        XML_SetElementHandler(
            parser,
            [](void* self, const XML_Char* name, const XML_Char** attributes) {
                static_cast<TreeBuilder*>(self)->open(name, attributes);
            },
            [](void* self, const XML_Char*) { static_cast<TreeBuilder*>(self)->close(); });
        XML_SetCharacterDataHandler(parser, [](void* self, const XML_Char* text, int length) {
            static_cast<TreeBuilder*>(self)->add_text({text, static_cast<std::size_t>(length)});
        });
        XML_SetStartDoctypeDeclHandler(parser, [](void* self, const XML_Char*, const XML_Char*, const XML_Char*, int) {
            static_cast<TreeBuilder*>(self)->stop(kDocumentType);
        });
    }

    std::expected<XmlElement, Refusal> build(std::string_view text) {
        const XML_Status status = XML_Parse(parser_, text.data(), static_cast<int>(text.size()), XML_TRUE);
        if (fault_) return std::unexpected(*fault_);
        if (status == XML_STATUS_OK) return std::move(root_);
        return std::unexpected(XML_GetErrorCode(parser_) == XML_ERROR_NO_MEMORY ? kNoMemory : kMalformed);
    }

private:
    void open(std::string_view joined, const XML_Char** attributes) {
        if (fault_) return;
        if (names_.size() == kMostXmlDepth) return stop(kTooDeep);
        if (++elements_ > kMostXmlElements) return stop(kTooMany);
        XmlName name = split_name(joined);
        if (!spend(sizeof(XmlElement) + 2 * joined.size())) return;
        names_.push_back(name);
        if (names_.size() > value_depth_) return write_open(name, attributes);
        XmlElement* const parent = open_.empty() ? nullptr : open_.back();
        XmlElement& element = parent == nullptr ? root_ : parent->children.emplace_back();
        element.name = std::move(name);
        if (parent != nullptr) element.language = parent->language;
        for (; *attributes != nullptr; attributes += 2) {
            const XmlName attribute = split_name(attributes[0]);
            if (attribute.space == kXmlSpace && attribute.local == "lang") element.language = attributes[1];
        }
        if (!spend(element.language.size())) return;
        open_.push_back(&element);
        value_bytes_ = 0;
    }

    void close() {
        if (fault_) return;
        if (names_.size() > value_depth_) {
            append_close_tag(value(), names_.back());
            spend_value();
        } else {
            open_.pop_back();
        }
        names_.pop_back();
    }

    void add_text(std::string_view text) {
        if (fault_ || names_.size() < value_depth_) return;
        append_xml_escaped(value(), text);
        spend_value();
    }

    void write_open(const XmlName& name, const XML_Char** attributes) {
        append_open_tag(value(), name);
        for (; *attributes != nullptr && spend_value(); attributes += 2) write_attribute(attributes[0], attributes[1]);
        value().push_back('>');
        spend_value();
    }

    void write_attribute(std::string_view joined, std::string_view text) {
        const XmlName attribute = split_name(joined);
        // An attribute without a prefix has no namespace; those of XML itself need no declaration.
        if (attribute.space.empty()) {
            value().append(" ").append(attribute.local);
        } else if (attribute.space == kXmlSpace) {
            value().append(" xml:").append(attribute.local);
        } else {
            const std::string prefix = "a" + std::to_string(++prefixes_);
            value().append(" xmlns:").append(prefix).append("=\"");
            append_xml_escaped(value(), attribute.space);
            value().append("\" ").append(prefix).append(":").append(attribute.local);
        }
        value().append("=\"");
        append_xml_escaped(value(), text);
        value().push_back('"');
    }

    /// Of the element at the depth of values that is open.
    std::string& value() { return open_.back()->value; }

    bool spend(std::size_t bytes) {
        bytes_ += bytes;
        if (bytes_ > kMostTreeBytes) stop(kTooLarge);
        return !fault_;
    }

    /// Counts what was written to the value since the last time.
    bool spend_value() {
        const std::size_t grown = value().size() - std::exchange(value_bytes_, value().size());
        return spend(grown);
    }

    void stop(const Refusal& fault) {
        fault_ = fault;
        XML_StopParser(parser_, XML_FALSE);
    }

    XML_Parser parser_;
    std::size_t value_depth_;
    XmlElement root_;
    std::vector<XmlElement*> open_;  ///< a parent adds no other child while one of them is open
    std::vector<XmlName> names_;     ///< of all open elements, those inside of values too
    std::size_t elements_ = 0;
    std::size_t bytes_ = 0;        ///< of the tree
    std::size_t value_bytes_ = 0;  ///< of the open value, as far as they are in bytes_
    std::size_t prefixes_ = 0;
    std::optional<Refusal> fault_;
};

}  // namespace

bool has_xml_reader() { return true; }

std::string_view xml_library_version() {
    std::string_view version = XML_ExpatVersion();
    constexpr std::string_view kName = "expat_";
    if (version.starts_with(kName)) version.remove_prefix(kName.size());
    return version;
}

std::expected<XmlElement, Refusal> read_xml(std::string_view text, std::size_t value_depth) {
    if (text.size() > kMostXmlBytes) return std::unexpected(kTooLarge);
    const Parser parser(XML_ParserCreateNS(nullptr, kSeparator));
    if (parser == nullptr) return std::unexpected(kNoMemory);
    return TreeBuilder(parser.get(), value_depth).build(text);
}

}  // namespace dav

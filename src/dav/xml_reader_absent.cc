// A build without expat: the options have refused --dav before this is asked.
#include "dav/xml_reader.h"

namespace dav {

bool has_xml_reader() { return false; }
std::string_view xml_library_version() { return {}; }

std::expected<XmlElement, http::Refusal> read_xml(std::string_view, std::size_t) {
    return std::unexpected(http::Refusal{http::Status::not_implemented, "this server reads no XML."});
}

}  // namespace dav

// A multistatus document, entry by entry.
#include "dav/property_writer.h"

#include <cerrno>

#include "dav/xml_reader.h"
#include "support/catch.h"

using dav::EntryProperties;
using dav::LiveProperty;
using dav::PropertyQuery;
using dav::PropertyWriter;

namespace {

constexpr base::UnixNs kNow = base::UnixNs{1'800'000'000} * base::kNsPerSecond;

EntryProperties file_entry() {
    EntryProperties entry{.href = "/a%20b&c.txt", .name = "a b&c.txt", .media_type = "text/plain", .born_s = 0};
    entry.status.st_ino = 0x12;
    entry.status.st_size = 5;
    entry.status.st_mtim = entry.status.st_ctim = {784'111'777, 0};
    return entry;
}

EntryProperties folder_entry() {
    EntryProperties entry{.href = "/d/", .name = "d", .is_directory = true};
    entry.status.st_mtim = {784'111'777, 0};
    return entry;
}

std::string written(PropertyQuery query, const EntryProperties& entry) {
    std::string text;
    PropertyWriter(std::move(query)).append_entry(text, entry, kNow);
    return text;
}

PropertyQuery all() { return *dav::parse_property_query(""); }

PropertyQuery named(std::initializer_list<LiveProperty> live, std::vector<dav::XmlName> others = {}) {
    PropertyQuery query;
    query.form = PropertyQuery::Form::named;
    for (const LiveProperty each : live) query.live.add(each);
    query.others = std::move(others);
    return query;
}

}  // namespace

TEST_CASE("property writer: everything about a file", "[dav]") {
    CHECK(written(all(), file_entry()) ==
          "<D:response><D:href>/a%20b&amp;c.txt</D:href><D:propstat><D:prop><D:resourcetype/>"
          "<D:getcontentlength>5</D:getcontentlength><D:getlastmodified>Sun, 06 Nov 1994 08:49:37 GMT"
          "</D:getlastmodified><D:creationdate>1970-01-01T00:00:00Z</D:creationdate>"
          "<D:getetag>\"12-5-2ebc98a1.0\"</D:getetag><D:getcontenttype>text/plain</D:getcontenttype></D:prop>"
          "<D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>\n");
}

TEST_CASE("property writer: a folder has no length, tag and media type, and that is no failure", "[dav]") {
    CHECK(written(all(), folder_entry()) ==
          "<D:response><D:href>/d/</D:href><D:propstat><D:prop><D:resourcetype><D:collection/></D:resourcetype>"
          "<D:getlastmodified>Sun, 06 Nov 1994 08:49:37 GMT</D:getlastmodified></D:prop>"
          "<D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>\n");
}

TEST_CASE("property writer: what is named and not there has the status 404", "[dav]") {
    const std::string both =
        written(named({LiveProperty::display_name, LiveProperty::content_length}, {{"urn:x", "y"}}), folder_entry());
    CHECK(both ==
          "<D:response><D:href>/d/</D:href><D:propstat><D:prop><D:displayname>d</D:displayname></D:prop>"
          "<D:status>HTTP/1.1 200 OK</D:status></D:propstat><D:propstat><D:prop><D:getcontentlength/>"
          "<n:y xmlns:n=\"urn:x\"/></D:prop><D:status>HTTP/1.1 404 Not Found</D:status></D:propstat></D:response>\n");
    CHECK(written(named({}, {{"urn:x", "y"}}), folder_entry()).find("200") == std::string::npos);
    CHECK(written(named({}), folder_entry()).find("<D:prop></D:prop><D:status>HTTP/1.1 200") != std::string::npos);
}

TEST_CASE("property writer: names alone, of what there is", "[dav]") {
    PropertyQuery names;
    names.form = PropertyQuery::Form::names;
    const std::string text = written(names, folder_entry());
    CHECK(text.find("<D:resourcetype/><D:getlastmodified/><D:displayname/>") != std::string::npos);
    CHECK(text.find("getetag") == std::string::npos);
    CHECK(text.find("quota") == std::string::npos);
}

TEST_CASE("property writer: a young file has a weak tag, and free space is told where it is known", "[dav]") {
    EntryProperties young = file_entry();
    young.status.st_mtim = young.status.st_ctim = {1'800'000'000, 0};
    CHECK(written(named({LiveProperty::entity_tag}), young).find(">W/\"") != std::string::npos);
    EntryProperties folder = folder_entry();
    folder.quota = dav::Quota{.available = 7, .used = 8};
    const std::string text = written(named({LiveProperty::quota_available, LiveProperty::quota_used}), folder);
    CHECK(text.find("<D:quota-available-bytes>7</D:quota-available-bytes><D:quota-used-bytes>8<") != std::string::npos);
}

TEST_CASE("property writer: the whole is a document, also with a name that no XML can hold", "[dav]") {
    if (!dav::has_xml_reader()) return;
    EntryProperties entry = file_entry();
    entry.name = "\xFF\x01<";
    std::string text;
    PropertyWriter::append_opening(text);
    text += written(named({LiveProperty::display_name}), entry);
    PropertyWriter::append_failure(text, "/x", http::Status::forbidden);
    PropertyWriter::append_closing(text);
    const auto root = dav::read_xml(text, 4);
    REQUIRE(root.has_value());
    CHECK(root->name.is_dav("multistatus"));
    REQUIRE(root->children.size() == 2);
    CHECK(root->children[1].find_dav("status") != nullptr);
}

TEST_CASE("property writer: what could not be found out is not said to be absent", "[dav]") {
    EntryProperties entry = file_entry();
    entry.born_s.reset();
    entry.unread = EIO;
    const auto query = [] {
        return named({LiveProperty::content_length, LiveProperty::creation_date}, {{.space = "urn:x", .local = "a"}});
    };
    const std::string begin = "<D:response><D:href>/a%20b&amp;c.txt</D:href>";
    const std::string known =
        "<D:propstat><D:prop><D:getcontentlength>5</D:getcontentlength></D:prop>"
        "<D:status>HTTP/1.1 200 OK</D:status></D:propstat>";
    const std::string unknown =
        "<D:propstat><D:prop><D:creationdate/><n:a xmlns:n=\"urn:x\"/></D:prop><D:status>HTTP/1.1 ";
    const std::string end = "</D:status></D:propstat></D:response>\n";
    CHECK(written(query(), entry) == begin + known + unknown + "500 Internal Server Error" + end);
    CHECK(entry.has_fault());
    // Where all are wanted, not even the names are known.
    const std::string nameless = "<D:propstat><D:prop></D:prop><D:status>HTTP/1.1 ";
    CHECK(written(all(), entry).find("<D:getcontentlength>5<") != std::string::npos);
    CHECK(written(all(), entry).ends_with(nameless + "500 Internal Server Error" + end));
    entry.unread = EACCES;
    CHECK_FALSE(entry.has_fault());
    CHECK(written(query(), entry) == begin + known + unknown + "403 Forbidden" + end);
    CHECK(written(all(), entry).ends_with(nameless + "403 Forbidden" + end));
    // It is gone.
    entry.unread = ENOENT;
    CHECK_FALSE(entry.has_fault());
    CHECK(written(all(), entry) == begin + "<D:status>HTTP/1.1 404 Not Found</D:status></D:response>\n");
}

TEST_CASE("property writer: a look that fails is remembered", "[dav]") {
    EntryProperties entry = file_entry();
    entry.look_into(-1, named({}, {{.space = "urn:x", .local = "a"}}));
    CHECK(entry.unread == EBADF);
    EntryProperties other = file_entry();
    other.look_into(-1, named({LiveProperty::creation_date}));
    CHECK(other.unread == EBADF);
    EntryProperties third = file_entry();
    third.look_into(-1, named({LiveProperty::content_length}));
    CHECK(third.unread == 0);
}

TEST_CASE("property writer: free space that cannot be told for now is not said to be absent", "[dav]") {
    EntryProperties entry = file_entry();
    entry.is_directory = true;
    entry.tell_quota(-1);
    CHECK(entry.unread == EBADF);
    CHECK(written(named({LiveProperty::quota_used}), entry).find("500 Internal Server Error") != std::string::npos);
    entry.unread = 0;
    CHECK(written(named({LiveProperty::quota_used}), entry).find("404 Not Found") != std::string::npos);
}

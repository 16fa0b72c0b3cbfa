// A path becomes a representation: its bytes, its forms, its fields, or the reason why there is none.
#include "files/representation_builder.h"

#include <cerrno>
#include <string>
#include <utility>

#include "storage/validators.h"
#include "support/catch.h"
#include "support/field_lines.h"
#include "support/page_cache.h"
#include "support/served_tree.h"
#include "support/write_site.h"

using files::FindError;
using files::Form;
using http::Coding;

namespace {

constexpr std::size_t kSmallBytes = 10'000;

struct Building {
    files::Opened open(std::string_view path, files::RepresentationRules rules = {}) {
        const files::RepresentationBuilder builder(root, clock, kSmallBytes, std::move(rules), &disk);
        auto opened = builder.open(path);
        REQUIRE(opened.has_value());
        return std::move(*opened);
    }
    FindError refused(std::string_view path) {
        const files::RepresentationBuilder builder(root, clock, kSmallBytes, {}, nullptr);
        const auto opened = builder.open(path);
        REQUIRE_FALSE(opened.has_value());
        return opened.error();
    }

    ServedTree tree;
    storage::FileRoot root = tree.open();
    FakeClock clock = settled_clock();
    support::StubbornDiskQueue disk;
};

std::string value_of(http::FieldTail fields, std::string_view name) {
    for (const http::FieldView field : fields) {
        if (field.name == name) return std::string(field.value);
    }
    return "-";
}

}  // namespace

TEST_CASE("representation builder: a small file is in memory, a larger one stays a file", "[files]") {
    Building building;
    building.tree.write("small", std::string(kSmallBytes, 'a'));
    building.tree.write("large", std::string(kSmallBytes + 1, 'a'));
    const auto small = building.open("/small").representation;
    CHECK(small->identity().is_in_memory());
    CHECK(small->bytes().size() == kSmallBytes);
    const auto large = building.open("/large").representation;
    CHECK_FALSE(large->identity().is_in_memory());
    CHECK(large->file() != nullptr);
    CHECK(large->length() == kSmallBytes + 1);
}

TEST_CASE("representation builder: a small file that the disk has to read first is opened as a large one", "[files]") {
    Building building;
    building.tree.write("a.txt", std::string(kSmallBytes, 'a'));
    if (!support::evict(building.tree.at("a.txt"))) return;
    const auto cold = building.open("/a.txt").representation;
    CHECK_FALSE(cold->identity().is_in_memory());
    CHECK_FALSE(cold->is_settled());

    std::vector<std::byte> bytes(kSmallBytes);
    REQUIRE(base::read_exactly(cold->file()->descriptor(), 0, bytes));
    const auto warm = building.open("/a.txt").representation;
    CHECK(warm->identity().is_in_memory());
    CHECK(warm->is_settled());
    CHECK(warm->identity().entity_tag() == cold->identity().entity_tag());
}

TEST_CASE("representation builder: a file has its type, its tag and its time", "[files]") {
    Building building;
    building.tree.write("a.css", "b { }");
    building.tree.set_mtime("a.css", 784'111'777);
    const auto found = building.open("/a.css").representation;
    const Form& form = found->identity();
    CHECK(value_of(form.fields(), "Content-Type") == "text/css; charset=utf-8");
    CHECK(value_of(form.fields(), "Last-Modified") == "Sun, 06 Nov 1994 08:49:37 GMT");
    CHECK(value_of(form.fields(), "ETag") == storage::make_entity_tag(building.tree.status("a.css"), false));
    CHECK(value_of(form.fields_after_type(), "Content-Type") == "-");
    CHECK(value_of(form.not_modified_fields(), "Accept-Ranges") == "-");
    CHECK(value_of(form.not_modified_fields(), "ETag") == form.entity_tag());
}

TEST_CASE("representation builder: forms that could be made have tags of their own, and Vary says so", "[files]") {
    Building building;
    building.tree.write("a.txt", std::string(5'000, 'a'));
    building.tree.write("tiny.txt", "a");
    const auto found = building.open("/a.txt").representation;
    CHECK(found->has_coded_forms());
    CHECK(found->form(Coding::gzip).state() == Form::State::to_make);
    CHECK(found->form(Coding::gzip).entity_tag() == storage::coded_tag(found->identity().entity_tag(), Coding::gzip));
    CHECK(value_of(found->identity().fields(), "Vary") == "Accept-Encoding");
    const auto tiny = building.open("/tiny.txt").representation;
    CHECK_FALSE(tiny->has_coded_forms());
    CHECK(value_of(tiny->identity().fields(), "Vary") == "-");
}

TEST_CASE("representation builder: a sidecar is a form that is ready", "[files]") {
    Building building;
    building.tree.write("a.txt", "text");
    building.tree.write("a.txt.br", "coded");
    const auto found = building.open("/a.txt").representation;
    const Form& form = found->form(Coding::br);
    CHECK(form.state() == Form::State::ready);
    CHECK(form.length() == 5);
    CHECK(value_of(form.fields(), "Content-Encoding") == "br");
    CHECK(form.entity_tag() != found->identity().entity_tag());
    CHECK(form.entity_tag().ends_with("-br\""));
}

TEST_CASE("representation builder: a file that was written just now has a weak tag and is not settled", "[files]") {
    Building building;
    building.tree.write("a", "x");
    const struct stat status = building.tree.status("a");
    building.clock.set_unix_seconds(status.st_mtim.tv_sec);
    const auto found = building.open("/a").representation;
    CHECK(found->identity().entity_tag().starts_with("W/"));
    CHECK_FALSE(found->is_settled());
}

TEST_CASE("representation builder: the rules choose the cache's lifetime and the charset", "[files]") {
    Building building;
    building.tree.write("a.txt", "x");
    files::RepresentationRules rules;
    rules.charsets = {{"/", "iso-8859-1"}};
    const auto found = building.open("/a.txt", std::move(rules)).representation;
    CHECK(found->media_type() == "text/plain; charset=iso-8859-1");
    CHECK(value_of(found->identity().fields(), "Cache-Control") == "-");
}

TEST_CASE("representation builder: what cannot be served has its reason", "[files]") {
    Building building;
    building.tree.make_fifo("fifo");
    building.tree.link("../outside.txt", "out");
    CHECK(building.refused("/none") == FindError::absent);
    CHECK(building.refused("/fifo") == FindError::unsuitable);
    CHECK(building.refused("/out") == FindError::absent);
    CHECK(files::find_error({EACCES}) == FindError::denied);
    CHECK(files::find_error({EMFILE}) == FindError::exhausted);
    CHECK(files::find_error({EIO}) == FindError::failed);
}

TEST_CASE("representation builder: a directory is found as one", "[files]") {
    Building building;
    building.tree.make_directory("d");
    CHECK(building.open("/d").representation->kind() == files::Representation::Kind::directory);
}

// Files, includes and sections; every message with its place.
#include "app/config_file.h"

#include <string>
#include <vector>

#include "support/catch.h"
#include "support/temp_dir.h"

namespace {

struct Files {
    support::TempDir folder;

    /// The words of "conf", each as "name value".
    [[nodiscard]] std::vector<std::string> words() const {
        const auto read = app::read_config_file("conf", folder.path());
        INFO((read ? std::string() : read.error().sentence));
        REQUIRE(read);
        std::vector<std::string> lines;
        for (const app::OptionWord& word : *read) lines.push_back(app::line_text(word));
        return lines;
    }
    [[nodiscard]] app::UsageError error() const {
        const auto read = app::read_config_file("conf", folder.path());
        REQUIRE_FALSE(read);
        return read.error();
    }
    [[nodiscard]] std::string refusal_of(const std::string& content) const {
        folder.write("conf", content);
        return error().sentence;
    }
};

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("config file: one option a line, in their order, with the place of each", "[app][config]") {
    const Files files;
    files.folder.write("conf", "# a server\nport 8080\n\nallow-upload\nheader 'X: y'");
    CHECK(files.words() == Lines{"port 8080", "allow-upload", "header 'X: y'"});
    const auto read = app::read_config_file(files.folder.at("conf"), "");
    REQUIRE(read);
    CHECK(read->at(1).origin.text() == files.folder.at("conf") + ", line 4");
    CHECK(read->at(1).origin.source == app::OptionSource::file);
    files.folder.write("conf", "");
    CHECK(files.words().empty());
}

TEST_CASE("config file: a section puts its prefix before what takes one", "[app][config]") {
    const Files files;
    files.folder.write("conf",
                       "header X: all\n[/assets/]\nheader X: y\nheader '/deep/ X: z'\ncharset iso-8859-1\n"
                       "cache-control *.css=no-cache\ncache-control /a.js=no-store\ngrant * read\ngrant /in * "
                       "create\n[/]\nheader X: root\n");
    CHECK(files.words() == Lines{"header 'X: all'", "header '/assets/ X: y'", "header '/assets/deep/ X: z'",
                                 "charset '/assets/ iso-8859-1'", "cache-control /assets/*.css=no-cache",
                                 "cache-control /assets/a.js=no-store", "grant '/assets/ * read'",
                                 "grant '/assets/in * create'", "header '/ X: root'"});
}

TEST_CASE("config file: an include is read in its place, beside the file that names it", "[app][config]") {
    const Files files;
    files.folder.write("conf", "port 1\ninclude parts/web\nport 3\n");
    files.folder.write("parts/web", "port 2\n[/a/]\nheader X: y\ninclude more\n");
    files.folder.write("parts/more", "header X: z\n");
    CHECK(files.words() == Lines{"port 1", "port 2", "header '/a/ X: y'", "header '/a/ X: z'", "port 3"});
    files.folder.write("conf", "include " + files.folder.at("parts/more") + "\ninclude parts/more\n");
    CHECK(files.words().size() == 2);
}

TEST_CASE("config file: options without a value may be off", "[app][config]") {
    const Files files;
    files.folder.write("conf", "allow-upload on\nspa off\n");
    const auto read = app::read_config_file("conf", files.folder.path());
    REQUIRE(read);
    CHECK_FALSE(read->at(0).is_off);
    CHECK(read->at(1).is_off);
}

TEST_CASE("config file: a mistake is told with file, line and the nearest right name", "[app][config]") {
    const Files files;
    CHECK(files.refusal_of("\nprot 80\n") == "conf, line 2: unknown option prot: did you mean port? See --help");
    CHECK(files.refusal_of("inclde x") == "conf, line 1: unknown option inclde: did you mean include? See --help");
    CHECK(files.refusal_of("frobnicate x") == "conf, line 1: unknown option frobnicate: see --help");
    CHECK(files.refusal_of("listen 80") == "conf, line 1: unknown option listen: --bind ADDRESS says where to listen");
    CHECK(files.refusal_of("port") == "conf, line 1: port needs a value: a port from 0 to 65535 (0 picks a free one)");
    CHECK(files.refusal_of("spa maybe") == "conf, line 1: spa is on or off, not \"maybe\"");
    CHECK(files.refusal_of("test") == "conf, line 1: test stands on the command line only");
    CHECK(files.refusal_of("config x") == "conf, line 1: config stands on the command line only");
    CHECK(files.refusal_of("include") == "conf, line 1: include needs a value: a file name");
    CHECK(files.refusal_of("[/a/]\nport 80") ==
          "conf, line 2: port holds for the whole server: it stands before the first section");
    CHECK(files.refusal_of("port 1\nheader 'X") ==
          "conf, line 2: the quote ' is not closed; a value that holds one stands between double quotes");
}

TEST_CASE("config file: a mistake in an included file is told with that file", "[app][config]") {
    const Files files;
    files.folder.write("parts/web", "spa\nprot 80\n");
    CHECK(files.refusal_of("include parts/web") ==
          "parts/web, line 2: unknown option prot: did you mean port? See --help");
    files.folder.write("parts/web", "[/b/]\n");
    CHECK(files.refusal_of("[/a/]\ninclude parts/web") ==
          "parts/web, line 1: this file is included in a section, and sections do not stand in each other");
}

TEST_CASE("config file: what cannot be read is told with the reason, and where it is named", "[app][config]") {
    const Files files;
    CHECK(files.error().sentence == "cannot read the configuration file conf: No such file or directory");
    CHECK(files.refusal_of("\ninclude gone") ==
          "conf, line 2: cannot read the configuration file gone: No such file or directory");
    files.folder.make_directory("folder");
    CHECK(files.refusal_of("include folder") ==
          "conf, line 1: cannot read the configuration file folder: it is not a regular file");
    files.folder.write("large", std::string(app::kMaxConfigBytes, '#'));
    CHECK(files.refusal_of("include large") ==
          "conf, line 1: cannot read the configuration file large: the configuration is more than 1024 KiB");
    CHECK_FALSE(files.error().is_denied);
}

TEST_CASE("config file: includes are bounded in depth and number, and lead to no circle", "[app][config]") {
    const Files files;
    CHECK(files.refusal_of("include conf") == "conf, line 1: conf includes itself");
    files.folder.write("b", "include conf\n");
    CHECK(files.refusal_of("include b") == "b, line 1: conf includes itself");
    for (int i = 0; i <= 9; ++i) {
        files.folder.write("f" + std::to_string(i), i == 9 ? "spa" : "include f" + std::to_string(i + 1));
    }
    files.folder.write("conf", "include f2");
    CHECK(files.words() == Lines{"spa"});
    CHECK(files.refusal_of("include f1") == "f8, line 1: files include each other more than 8 deep");
    std::string many;
    for (std::size_t i = 0; i < app::kMaxConfigFiles; ++i) many += "include f9\n";
    CHECK(files.refusal_of(many) == "conf, line 100: more than 100 files are included");
}

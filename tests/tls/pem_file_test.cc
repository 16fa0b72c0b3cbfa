// Files in PEM form: what is read, and the words about what cannot be.
#include "tls/pem_file.h"

#include <sys/stat.h>

#include <cerrno>
#include <string>

#include "support/catch.h"
#include "support/open_pem.h"
#include "support/temp_dir.h"

using support::open_pem;
using tls::read_pem;
using tls::Secrecy;

TEST_CASE("pem file: the whole file is read, each time from its beginning", "[tls]") {
    const support::TempDir folder;
    folder.write("a.pem", "text\n");
    const tls::PemFile file = open_pem(folder.at("a.pem"));
    CHECK(read_pem(file, Secrecy::open) == "text\n");
    CHECK(read_pem(file, Secrecy::open) == "text\n");
}

TEST_CASE("pem file: what cannot be read is named with the reason", "[tls]") {
    const support::TempDir folder;
    const auto error_of = [](const tls::PemFile& file) { return read_pem(file, Secrecy::secret).error(); };
    CHECK(error_of(open_pem(folder.at("none"))) ==
          "cannot read the private key " + folder.at("none") + ": No such file or directory");
    CHECK(error_of({"key", std::unexpected(EACCES)}) == "cannot read the private key key: Permission denied");
    CHECK(error_of(open_pem(folder.path())) == "the private key " + folder.path() + " is not a file");
    folder.write("large", std::string(257 * 1024, 'x'));
    ::chmod(folder.at("large").c_str(), 0600);
    CHECK(error_of(open_pem(folder.at("large"))).find("too large") != std::string::npos);
    ::chmod(folder.at("large").c_str(), 0604);
    CHECK(error_of(open_pem(folder.at("large"))).find("chmod o= ") != std::string::npos);
}

// Certificates that change while the server runs: what is taken, and when something is said.
#include "app/certificate_files.h"

#include <sys/stat.h>
#include <unistd.h>

#include "support/catch.h"
#include "support/client_certificates.h"
#include "support/pem_files.h"
#include "support/temp_dir.h"

using app::CertificateFiles;
using app::Look;

namespace {

constexpr std::int64_t kNow = 1'800'000'000;

app::OwnFiles own;

/// A folder with pairs "a" and "b" of different keys, and the pair in use: "live.pem" and "live.key".
struct Folder {
    Folder() {
        support::write_pair(files, "a", kNow);
        support::write_pair(files, "b", kNow);
        take_chain("a");
        take_key("a");
    }
    /// As certbot does: links are turned to other files.
    void take_chain(const std::string& name) const { turn("live.pem", name + ".pem"); }
    void take_key(const std::string& name) const { turn("live.key", name + ".key"); }
    [[nodiscard]] std::vector<app::CertificatePair> pairs() const {
        return {{files.at("live.pem"), files.at("live.key")}};
    }

    support::TempDir files;

private:
    void turn(const std::string& link, const std::string& target) const {
        ::unlink(files.at(link).c_str());
        REQUIRE(::symlink(target.c_str(), files.at(link).c_str()) == 0);
    }
};

std::string name_of(const CertificateFiles& files) { return files.certificates().front().names().front(); }

}  // namespace

TEST_CASE("certificate files: a changed pair is taken once, when it fits", "[app][tls]") {
    const Folder folder;
    CertificateFiles files = std::move(*CertificateFiles::load(folder.pairs(), {}));
    CHECK(name_of(files) == "a.example");
    CHECK_FALSE(files.look(Look::changed, own, 0).is_new);
    folder.take_key("b");
    const auto half = files.look(Look::changed, own, 1'000);
    CHECK_FALSE(half.is_new);
    CHECK(half.problems.empty());
    CHECK(name_of(files) == "a.example");
    folder.take_chain("b");
    const auto whole = files.look(Look::changed, own, 4'000);
    CHECK(whole.is_new);
    CHECK(whole.loaded.size() == 1);
    CHECK(name_of(files) == "b.example");
    CHECK_FALSE(files.look(Look::changed, own, 5'000).is_new);
    CHECK(files.look(Look::changed, own, 60'000).problems.empty());
}

TEST_CASE("certificate files: a pair that stays broken is complained about once", "[app][tls]") {
    const Folder folder;
    CertificateFiles files = std::move(*CertificateFiles::load(folder.pairs(), {}));
    folder.take_key("b");
    CHECK(files.look(Look::changed, own, 1'000).problems.empty());
    CHECK(files.look(Look::changed, own, 1'000 + app::kComplainAfterMs - 1).problems.empty());
    const auto found = files.look(Look::changed, own, 1'000 + app::kComplainAfterMs);
    REQUIRE(found.problems.size() == 1);
    CHECK(found.problems.front().find("does not fit the certificate") != std::string::npos);
    CHECK(files.look(Look::changed, own, 100'000).problems.empty());
    CHECK(name_of(files) == "a.example");
}

TEST_CASE("certificate files: who asks for a look is told at once", "[app][tls]") {
    const Folder folder;
    CertificateFiles files = std::move(*CertificateFiles::load(folder.pairs(), {}));
    CHECK_FALSE(files.look(Look::all, own, 0).is_new);
    folder.files.write("a.pem", "not a certificate");
    const auto found = files.look(Look::all, own, 0);
    REQUIRE(found.problems.size() == 1);
    CHECK(found.problems.front().find("holds no certificate") != std::string::npos);
    CHECK(name_of(files) == "a.example");
}

TEST_CASE("certificate files: a key that others can read is refused with the command that mends it", "[app][tls]") {
    const Folder folder;
    ::chmod(folder.files.at("a.key").c_str(), 0644);
    const auto files = CertificateFiles::load(folder.pairs(), {});
    REQUIRE_FALSE(files);
    CHECK(files.error().find("chmod o= " + folder.files.at("live.key")) != std::string::npos);
}

TEST_CASE("certificate files: who vouches for clients is read anew like the rest", "[app][tls]") {
    const Folder folder;
    const std::string path = folder.files.at("ca.pem");
    const auto write = [&](const std::string& name) {
        folder.files.write("ca.pem", "");
        support::append_pem(path, support::make_authority(name, kNow));
    };
    CHECK(CertificateFiles::load({}, path).error().find("cannot read the certificate " + path) != std::string::npos);
    write("one");
    CertificateFiles files = std::move(*CertificateFiles::load({}, path));
    REQUIRE(files.clients() != nullptr);
    CHECK(files.has_any());
    CHECK_FALSE(files.look(Look::all, own, 0).is_new);
    const auto before = files.clients();
    folder.files.write("ca.pem", "nothing");
    CHECK(files.look(Look::changed, own, 1'000).problems.empty());
    const auto broken = files.look(Look::changed, own, 1'000 + app::kComplainAfterMs);
    REQUIRE(broken.problems.size() == 1);
    CHECK(broken.problems.front().find("loaded before counts further on") != std::string::npos);
    CHECK(files.clients() == before);
    write("two");
    const auto found = files.look(Look::changed, own, 20'000);
    CHECK(found.is_new);
    CHECK(found.loaded.size() == 1);
    CHECK(files.clients() != before);
    CHECK_FALSE(CertificateFiles::load({}, {})->has_any());
}

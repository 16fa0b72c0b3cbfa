// Who vouches for clients: what is read, what is refused, and whom a certificate names.
#include "tls/client_authority.h"

#include <string>

#include "support/client_certificates.h"
#include "support/open_pem.h"

using support::client_named;
using support::make_authority;
using support::make_certificate;
using tls::ClientAuthority;
using tls::ClientFault;

namespace {

constexpr std::int64_t kNow = 1'800'000'000;

/// As names of users are: no blanks.
bool is_name(std::string_view text) { return !text.empty() && text.find(' ') == std::string_view::npos; }

std::string name_in(const support::Wanted& wanted) {
    const auto authority = make_authority("ca", kNow);
    return tls::client_name(make_certificate(wanted, &authority).certificate.get(), is_name);
}

struct Folder {
    /// The authority of these certificates.
    template <class... Each>
    ClientAuthority load(const Each&... each) const {
        files.write("ca.pem", "");
        (support::append_pem(files.at("ca.pem"), each), ...);
        return std::move(*ClientAuthority::load(support::open_pem(files.at("ca.pem")), is_name));
    }
    [[nodiscard]] std::string error_of(const std::string& text) const {
        files.write("bad.pem", text);
        return ClientAuthority::load(support::open_pem(files.at("bad.pem")), is_name).error();
    }
    support::TempDir files;
};

}  // namespace

TEST_CASE("client authority: the common name is the user's, else an e-mail address, else a DNS name", "[tls]") {
    support::Wanted wanted = client_named("alice", kNow);
    CHECK(name_in(wanted) == "alice");
    wanted.alternative_names = "DNS:host.example,email:bob@mail.example";
    CHECK(name_in(wanted) == "alice");
    wanted.common_name = "Alice Smith";
    CHECK(name_in(wanted) == "bob@mail.example");
    wanted.common_name.clear();
    CHECK(name_in(wanted) == "bob@mail.example");
    wanted.alternative_names = "DNS:host.example";
    CHECK(name_in(wanted) == "host.example");
    wanted.alternative_names.clear();
    CHECK(name_in(wanted).empty());
}

TEST_CASE("client authority: of two common names neither counts", "[tls]") {
    support::Wanted wanted = client_named("alice", kNow);
    wanted.other_common_name = "root";
    CHECK(name_in(wanted).empty());
    wanted.alternative_names = "email:alice@mail.example";
    CHECK(name_in(wanted) == "alice@mail.example");
}

TEST_CASE("client authority: vouches for what it signed, while that is valid", "[tls]") {
    const Folder folder;
    const auto mine = make_authority("mine", kNow);
    const auto other = make_authority("other", kNow);
    const ClientAuthority authority = folder.load(mine);
    const auto counts = [&](const support::Wanted& wanted, const support::MadeCertificate& signer,
                            std::int64_t now = kNow) {
        return authority.vouches_for(make_certificate(wanted, &signer).certificate.get(), nullptr, now);
    };
    const support::Wanted alice = client_named("alice", kNow);
    CHECK(counts(alice, mine));
    CHECK_FALSE(counts(alice, other));
    CHECK_FALSE(counts(alice, mine, alice.ends_s + 1));
    CHECK_FALSE(counts(alice, mine, alice.begins_s - 1));
    support::Wanted server = alice;
    server.usage = "serverAuth";
    CHECK_FALSE(counts(server, mine));
    CHECK_FALSE(counts(client_named("no name", kNow), mine));
    CHECK(folder.load(other, mine).vouches_for(make_certificate(alice, &mine).certificate.get(), nullptr, kNow));
}

TEST_CASE("client authority: one that is no root is trusted by itself", "[tls]") {
    const Folder folder;
    const auto root = make_authority("root", kNow);
    support::Wanted wanted = client_named("between", kNow);
    wanted.is_authority = true;
    const auto between = make_certificate(wanted, &root);
    const auto alice = make_certificate(client_named("alice", kNow), &between);
    CHECK(folder.load(between).vouches_for(alice.certificate.get(), nullptr, kNow));
    CHECK_FALSE(folder.load(root).vouches_for(alice.certificate.get(), nullptr, kNow));
    STACK_OF(X509)* const sent = sk_X509_new_null();
    sk_X509_push(sent, between.certificate.get());
    CHECK(folder.load(root).vouches_for(alice.certificate.get(), sent, kNow));
    sk_X509_free(sent);
}

TEST_CASE("client authority: the digest tells one set from another", "[tls]") {
    const Folder folder;
    const auto one = make_authority("one", kNow);
    const auto two = make_authority("two", kNow);
    CHECK(folder.load(one).digest() == folder.load(one).digest());
    CHECK(folder.load(one).digest() != folder.load(two).digest());
    CHECK(folder.load(one).digest() != folder.load(one, two).digest());
}

TEST_CASE("client authority: a file that is not whole is refused with its name", "[tls]") {
    const Folder folder;
    CHECK(folder.error_of("").find("bad.pem holds no certificate in PEM form") != std::string::npos);
    CHECK(folder.error_of("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").find("holds no") !=
          std::string::npos);
    (void)folder.load(make_authority("one", kNow));
    const std::string good = folder.files.read("ca.pem");
    CHECK(folder.error_of(good + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").find("number 2") !=
          std::string::npos);
    CHECK(folder.error_of(good + good.substr(0, good.size() / 2)).find("number 2") != std::string::npos);
    const auto missing = ClientAuthority::load(support::open_pem(folder.files.at("none")), is_name);
    CHECK(missing.error().find("cannot read") != std::string::npos);
}

TEST_CASE("client authority: every fault has words, and what is not known is one", "[tls]") {
    CHECK(tls::fault_of(X509_V_OK) == ClientFault::none);
    CHECK(tls::fault_of(X509_V_ERR_CERT_HAS_EXPIRED) == ClientFault::not_now);
    CHECK(tls::fault_of(X509_V_ERR_INVALID_PURPOSE) == ClientFault::other_use);
    CHECK(tls::fault_of(X509_V_ERR_OUT_OF_MEM) == ClientFault::other);
    CHECK(tls::fault_text(ClientFault::none).empty());
    for (std::size_t i = 1; i < tls::kClientFaults; ++i) {
        CHECK_FALSE(tls::fault_text(static_cast<ClientFault>(i)).empty());
    }
}

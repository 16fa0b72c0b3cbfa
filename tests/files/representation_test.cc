// What a representation says of its forms, and the parts of them that responses send.
#include "files/representation.h"

#include <string>

#include "files/representation_builder.h"
#include "support/catch.h"
#include "support/served_tree.h"

using files::Form;
using files::Representation;
using http::Coding;

namespace {

constexpr std::size_t kSmallBytes = 100;

struct Represented {
    explicit Represented(std::string text) : content(std::move(text)) {
        tree.write("a.txt", content);
        const files::RepresentationBuilder builder(root, clock, kSmallBytes, {}, nullptr);
        found = builder.open("/a.txt")->representation;
    }

    std::string content;
    ServedTree tree;
    storage::FileRoot root = tree.open();
    FakeClock clock = settled_clock();
    std::shared_ptr<Representation> found;
};

}  // namespace

TEST_CASE("representation: a part of bytes in memory keeps them alive", "[files]") {
    Represented represented("0123456789");
    const http::Piece piece = Representation::slice(represented.found, Coding::identity, 3, 4);
    represented.found.reset();
    const auto& blob = std::get<http::Blob>(piece);
    CHECK(std::string(reinterpret_cast<const char*>(blob.bytes.data()), blob.bytes.size()) == "3456");
    CHECK(blob.owner != nullptr);
}

TEST_CASE("representation: a part of a larger file names the file", "[files]") {
    const Represented represented(std::string(kSmallBytes + 1, 'a'));
    const http::Piece piece = Representation::slice(represented.found, Coding::identity, 5, 20);
    const auto& slice = std::get<http::FileSlice>(piece);
    CHECK(slice.offset == 5);
    CHECK(slice.length == 20);
    CHECK(slice.file->unchanged());
    CHECK(represented.found->bytes().empty());
    CHECK(represented.found->descriptors() == 1);
}

TEST_CASE("representation: a digest is there once it was made, for its algorithm and its form alone", "[files]") {
    Represented represented(std::string(90, 'a'));
    using http::DigestAlgorithm;
    files::RepresentationBuilder::set_digest(*represented.found, Coding::identity, DigestAlgorithm::sha_256, "made");
    CHECK(represented.found->identity().digest(DigestAlgorithm::sha_256) == "made");
    CHECK(represented.found->identity().digest(DigestAlgorithm::sha_512).empty());
    CHECK(represented.found->form(Coding::gzip).digest(DigestAlgorithm::sha_256).empty());
}

TEST_CASE("representation: a coded form that was made counts among the codings and the memory", "[files]") {
    Represented represented(std::string(kSmallBytes * 50, 'a'));
    const std::size_t before = represented.found->memory_bytes();
    CHECK(represented.found->codings().has(Coding::identity));
    CHECK(represented.found->codings().has(Coding::gzip));
    CHECK_FALSE(represented.found->codings().has(Coding::br));
    files::RepresentationBuilder::set_bytes(*represented.found, Coding::gzip,
                                            files::blob_of(std::make_shared<const std::vector<std::byte>>(500)));
    const Form& form = represented.found->form(Coding::gzip);
    CHECK(form.state() == Form::State::ready);
    CHECK(form.length() == 500);
    CHECK(represented.found->memory_bytes() >= before + 500);
    files::RepresentationBuilder::set_state(*represented.found, Coding::gzip, Form::State::none);
    CHECK_FALSE(represented.found->codings().has(Coding::gzip));
}

// Slices and sizes of representations.
#include "files/representation.h"

#include <algorithm>
#include <cassert>

#include "files/file_source.h"

namespace files {

const std::string& Form::digest(http::DigestAlgorithm algorithm) const {
    static const std::string none;
    return digests_ == nullptr ? none : (*digests_)[static_cast<std::size_t>(algorithm)];
}

http::CodingSet Representation::codings() const {
    http::CodingSet set(Coding::identity);
    for (std::size_t i = 0; i < forms_.size(); ++i) {
        if (forms_[i].state_ != Form::State::none) set.add(static_cast<Coding>(i));
    }
    return set;
}

http::Piece Representation::slice(const std::shared_ptr<const Representation>& self, Coding coding,
                                  std::uint64_t offset, std::uint64_t length) {
    const Form& form = self->form(coding);
    assert(form.state_ == Form::State::ready && offset + length <= form.length_);
    if (form.file_ != nullptr) return http::FileSlice{form.file_, offset, length};
    return http::Blob{form.bytes_.owner,
                      form.bytes_.bytes.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(length))};
}

void Representation::send_whole(const std::shared_ptr<const Representation>& self, Coding coding, http::Body& body) {
    const Form& form = self->form(coding);
    assert(form.state_ == Form::State::ready);
    if (form.file_ != nullptr) {
        body.emplace<http::Piece>(std::in_place_type<http::FileSlice>, form.file_, std::uint64_t{0}, form.length_);
    } else {
        body.emplace<http::Piece>(std::in_place_type<http::Blob>, form.bytes_);
    }
}

std::span<const std::byte> Representation::bytes() const { return identity().bytes_.bytes; }

std::size_t Representation::memory_bytes() const {
    std::size_t sum = sizeof *this + path_.capacity() + real_path_.capacity();
    for (const Form& form : forms_) {
        sum += form.fields_.memory_bytes() + form.entity_tag_.capacity();
        sum += form.bytes_.bytes.size();
        if (form.digests_ == nullptr) continue;
        for (const std::string& digest : *form.digests_) sum += sizeof(std::string) + digest.capacity();
    }
    return sum;
}

bool Representation::is_being_sent() const {
    return std::ranges::any_of(forms_, [](const Form& form) { return form.bytes_.owner.use_count() > 1; });
}

std::size_t Representation::descriptors() const {
    std::size_t sum = 0;
    for (const Form& form : forms_) sum += form.file_ != nullptr ? 1U : 0U;
    return sum;
}

}  // namespace files

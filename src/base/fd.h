// Sole owner of one file descriptor; closing is its destructor. Used everywhere.
#pragma once

#include <unistd.h>

#include <memory>
#include <utility>

namespace base {

class Fd {
public:
    Fd() = default;
    /// Takes ownership of `number`; -1 means none.
    explicit Fd(int number) : number_(number) {}
    Fd(Fd&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Fd& operator=(Fd&& other) noexcept {
        if (this != &other) {
            reset();
            number_ = std::exchange(other.number_, -1);
        }
        return *this;
    }
    Fd(const Fd&) = delete;
    Fd& operator=(const Fd&) = delete;
    ~Fd() { reset(); }

    [[nodiscard]] int get() const { return number_; }
    [[nodiscard]] explicit operator bool() const { return number_ >= 0; }
    /// Closes now, if one is owned. An error of close() is not reported: on Linux the number is gone either way.
    void reset() {
        if (number_ >= 0) ::close(std::exchange(number_, -1));
    }
    /// Gives the number away; the caller closes it.
    [[nodiscard]] int take() { return std::exchange(number_, -1); }

private:
    int number_ = -1;
};

/// A descriptor with several owners: the last one closes it. Never null where a function asks for one.
using SharedFd = std::shared_ptr<const Fd>;

[[nodiscard]] inline SharedFd share(Fd file) { return std::make_shared<const Fd>(std::move(file)); }

}  // namespace base

// Decides which write may change a name. One write of this process at a time holds a name, from its look at what is
// there until its call is made; the others wait in line. The calls of storage/name_calls that change a name demand a
// HeldName, and only a NameClaim makes one. Used by storage/publication.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/wake_queue.h"
#include "http/body.h"
#include "storage/directory_id.h"

namespace storage {

class NameClaim;

/// One name in an open directory. No other write of this process changes it while this exists.
class HeldName {
public:
    HeldName(const HeldName&) = delete;
    HeldName& operator=(const HeldName&) = delete;
    [[nodiscard]] int directory() const { return directory_; }  ///< borrowed from the write
    [[nodiscard]] const std::string& name() const { return name_; }

private:
    friend class NameClaim;
    HeldName(int directory, std::string name) : directory_(directory), name_(std::move(name)) {}

    int directory_;
    std::string name_;
};

/// The waiting lines of all claims. There is one for each root; a claim may outlive it.
class HeldNames {
public:
    [[nodiscard]] bool empty() const { return lines_->empty(); }

private:
    friend class NameClaim;
    struct Key {
        DirectoryId directory;
        std::string name;
        friend auto operator<=>(const Key&, const Key&) = default;
    };
    using Lines = std::map<Key, std::deque<NameClaim*>>;        ///< the first one of each holds the name
    std::shared_ptr<Lines> lines_ = std::make_shared<Lines>();  ///< shared with the claims
};

/// A place in the line for one name or for several. Several names are taken one after the other, in the same order by
/// every claim (directory, then name), so that two claims never wait for each other. Destroying a claim gives up what
/// it holds or waits for and wakes the next claim of each line. Only the next one is woken: waking all would cost work
/// that grows with the square of their number.
class NameClaim {
public:
    struct Target {
        int directory;  ///< open as long as this lives
        std::string name;
    };

    NameClaim(HeldNames& names, base::WakeQueue& wakes, const std::vector<Target>& wanted);
    NameClaim(const NameClaim&) = delete;
    NameClaim& operator=(const NameClaim&) = delete;
    ~NameClaim();

    /// True when all names are held. Otherwise `wake` comes back when it is time to ask again.
    [[nodiscard]] bool advance(http::Wake wake);
    /// True for a claim of this one name alone.
    [[nodiscard]] bool is_for(int directory, const std::string& name) const;
    /// Of the targets in their order at the constructor; only when all are held.
    [[nodiscard]] const HeldName& held(std::size_t number) const;

private:
    struct Part {
        HeldNames::Key key;
        std::unique_ptr<const HeldName> name;
        std::size_t number;  ///< at the constructor
    };

    std::shared_ptr<HeldNames::Lines> lines_;
    base::WakeQueue* wakes_;
    std::vector<Part> parts_;  ///< in the order in which they are taken, none twice
    std::size_t in_line_ = 0;  ///< how many are held; the last one may still be waited for
    http::Wake wake_ = 0;
};

}  // namespace storage

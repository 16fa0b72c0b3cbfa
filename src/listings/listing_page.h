// A directory as a page for browsers: folders and files with sizes, times and types, with buttons that sort them; where
// it is allowed, forms that add and remove entries. All of it works without scripts. Made by listings/sent_listing,
// written entry by entry as listing_format says.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "handler/rights.h"
#include "listings/listing_format.h"

namespace listings {

/// What the page offers besides reading.
struct PageActions {
    enum class Upload : std::uint8_t {
        none,
        whole,      ///< forms, and the script sends each file in one request
        resumable,  ///< the script resumes what was interrupted
    } upload = Upload::none;
    enum class Replacement : std::uint8_t { none, offered } replacement = Replacement::none;
    enum class Removal : std::uint8_t { none, offered } removal = Removal::none;
    /// Under another name or into another folder, which takes the rights to delete and to create.
    enum class Moving : std::uint8_t { none, offered } moving = Moving::none;
    /// In a drop box no folders are made, and no conditions are looked at.
    enum class Place : std::uint8_t { folder, drop_box } place = Place::folder;
    /// Links by which others read what may be read here, or add files.
    enum class Sharing : std::uint8_t { none, reading, dropping, both } sharing = Sharing::none;
    enum class Entries : std::uint8_t { shown, hidden } entries = Entries::shown;

    /// Those of them that `rights` allow.
    [[nodiscard]] PageActions allowed_by(handler::Rights rights) const {
        return {
            .upload = rights.has(handler::Right::create) ? upload : Upload::none,
            .replacement = rights.has(handler::Right::replace) ? replacement : Replacement::none,
            .removal = rights.has(handler::Right::remove) ? removal : Removal::none,
            .moving = rights.has(handler::Right::remove) && rights.has(handler::Right::create) ? moving : Moving::none,
            .place = rights.only_adds() ? Place::drop_box : place,
            .sharing = rights.has(handler::Right::share) ? sharing_by(rights) : Sharing::none,
            .entries = rights.has(handler::Right::list) ? Entries::shown : Entries::hidden};
    }
    /// Those of the links that are offered, by what may be given.
    [[nodiscard]] Sharing sharing_by(handler::Rights rights) const {
        if (sharing == Sharing::none) return sharing;
        const bool reads = rights.has_any_of(handler::Rights(handler::Right::read, handler::Right::list));
        if (!rights.has(handler::Right::create)) return reads ? Sharing::reading : Sharing::none;
        return reads ? Sharing::both : Sharing::dropping;
    }
    [[nodiscard]] bool any() const { return upload != Upload::none || removal != Removal::none; }
};

/// Who looks at the page, where users sign in on a page.
struct PageVisitor {
    enum class Offer : std::uint8_t { nothing, sign_in, sign_out } offer = Offer::nothing;
    std::string name;  ///< of the user who signed in; empty: nobody did
    std::string path;  ///< of the page that is offered, encoded, as the client asks for it

    /// The page names its visitor, or offers what only some visitors need.
    [[nodiscard]] bool is_shown() const { return offer != Offer::nothing || !name.empty(); }
};

/// The value of Content-Security-Policy for a page with these actions. Nothing inline, nothing from elsewhere.
[[nodiscard]] std::string_view page_policy(const PageActions& actions);

class ListingPage final : public ListingFormat {
public:
    explicit ListingPage(ListingView view, PageActions actions = {}, PageVisitor visitor = {});

    void opening(std::string& out) override;
    void row(std::string& out, const ListingEntry& entry) override;
    void closing(std::string& out, const ListingEnd& end) override;

private:
    void append_asset(std::string& out, std::string_view path) const;
    void append_visitor(std::string& out) const;
    void append_path(std::string& out) const;
    void append_title(std::string& out) const;
    void append_script(std::string& out, std::string_view path) const;
    void append_forms(std::string& out) const;
    void append_search(std::string& out) const;
    void append_columns(std::string& out) const;
    void append_column(std::string& out, ListingColumn column, std::string_view label) const;
    void append_move(std::string& out, const ListingEntry& entry) const;
    void append_removal(std::string& out, const ListingEntry& entry) const;
    void append_share(std::string& out, const ListingEntry& entry) const;
    void append_share_form(std::string& out) const;
    [[nodiscard]] std::string_view empty_text() const;
    void append_summary(std::string& out, const ListingEnd& end) const;
    void append_query(std::string& out, ListingColumn column, ListingOrder order) const;
    [[nodiscard]] std::size_t columns() const {
        constexpr std::size_t kColumns = 4;
        return kColumns + (shares() ? 1 : 0) + (removes() ? 1 : 0);
    }
    [[nodiscard]] bool shares() const { return actions_.sharing != PageActions::Sharing::none; }
    [[nodiscard]] bool uploads() const { return actions_.upload != PageActions::Upload::none; }
    [[nodiscard]] bool removes() const { return actions_.removal != PageActions::Removal::none; }
    [[nodiscard]] bool searches() const { return actions_.entries == PageActions::Entries::shown; }
    [[nodiscard]] bool is_found() const { return view_.extent == ListingView::Extent::found; }
    [[nodiscard]] bool moves() const { return actions_.moving != PageActions::Moving::none; }

    ListingView view_;
    PageActions actions_;
    PageVisitor visitor_;
};

}  // namespace listings

// The page: its path as links, forms, one table row per name. Names are escaped as text and percent-encoded as links.
#include "listings/listing_page.h"

#include <algorithm>
#include <utility>

#include "base/escape.h"
#include "http/target.h"
#include "listings/page_assets.h"
#include "listings/page_text.h"

namespace listings {
namespace {

/// The order of the first click on a column: the largest and the newest are looked for more often.
ListingOrder first_order(ListingColumn column) {
    return column == ListingColumn::size || column == ListingColumn::time ? ListingOrder::descending
                                                                          : ListingOrder::ascending;
}

ListingOrder opposite(ListingOrder order) {
    return order == ListingOrder::ascending ? ListingOrder::descending : ListingOrder::ascending;
}

void append_times(std::string& out, std::size_t times, std::string_view text) {
    for (; times > 0; --times) out.append(text);
}

}  // namespace

std::string_view page_policy(const PageActions& actions) {
    return actions.any() ? "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
                           "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
                         : "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
                           "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
}

ListingPage::ListingPage(ListingView view, PageActions actions, PageVisitor visitor)
    : view_(std::move(view)), actions_(actions), visitor_(std::move(visitor)) {}

void ListingPage::opening(std::string& out) {
    out.append(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
    append_title(out);
    out.append("</title>\n<link rel=\"stylesheet\" href=\"");
    append_asset(out, kPageStylePath);
    out.append("\">\n");
    if (actions_.any()) append_script(out, kPageScriptPath);
    if (searches()) append_script(out, kPageFilterPath);
    out.append("</head>\n<body>\n");
    if (visitor_.is_shown()) append_visitor(out);
    append_path(out);
    out.append("<main>\n");
    if (uploads()) append_forms(out);
    if (actions_.any()) out.append("<p class=\"notice\" id=\"notice\" role=\"status\"></p>\n");
    if (uploads()) out.append("<ul class=\"transfers\" id=\"transfers\" aria-label=\"Uploads\"></ul>\n");
    if (searches()) append_search(out);
    out.append("<div class=\"listing\">\n<table>\n");
    append_columns(out);
    out.append("<tbody>\n");
    if (view_.path == "/" && !is_found()) return;
    out.append("<tr class=\"up\"><th scope=\"row\" class=\"name\"><a href=\"");
    out.append(is_found() ? "./\">All of this folder</a></th>" : "../\">Parent folder</a></th>");
    append_times(out, columns() - 1, "<td></td>");
    out.append("</tr>\n");
}

void ListingPage::append_title(std::string& out) const {
    if (is_found()) {
        append_shown_name(out, view_.search);
        out.append(" below ");
    }
    append_shown_name(out, view_.path);
}

void ListingPage::append_script(std::string& out, std::string_view path) const {
    out.append("<script src=\"");
    append_asset(out, path);
    out.append("\" defer></script>\n");
}

/// The address of the style or the script, relative like every link of the page.
void ListingPage::append_asset(std::string& out, std::string_view path) const {
    const auto folders = static_cast<std::size_t>(std::ranges::count(view_.path, '/')) - 1;
    out.append(folders == 0 ? "./" : "");
    append_times(out, folders, "../");
    out.append(path.substr(1));
}

/// Forms, since programs that fetch a whole tree follow links.
void ListingPage::append_visitor(std::string& out) const {
    const bool signs_out = visitor_.offer == PageVisitor::Offer::sign_out;
    out.append("<form class=\"visitor\" action=\"").append(visitor_.path);
    out.append(signs_out ? "\" method=\"post\">" : "\">");
    if (!visitor_.name.empty()) {
        out.append("<span>Signed in as <bdi>");
        append_shown_name(out, visitor_.name);
        out.append("</bdi></span>");
    }
    if (visitor_.offer != PageVisitor::Offer::nothing) {
        out.append("<input type=\"hidden\" name=\"to\" value=\"");
        base::append_html_escaped(out, http::encode_path(view_.path));
        out.append("\"><button>").append(signs_out ? "Sign out" : "Sign in").append("</button>");
    }
    out.append("</form>\n");
}

/// The folders of the path are relative links upwards, so that they are right below any prefix.
void ListingPage::append_path(std::string& out) const {
    std::string_view rest = std::string_view(view_.path).substr(1);
    auto left = static_cast<std::size_t>(std::ranges::count(rest, '/'));
    out.append("<nav aria-label=\"Folders on the way\">\n<ol class=\"crumbs\">\n");
    if (left == 0) {
        out.append("<li aria-current=\"page\"><h1>Home</h1></li>\n");
    } else {
        out.append("<li><a href=\"");
        append_times(out, left, "../");
        out.append("\">Home</a></li>\n");
    }
    for (; left > 0; --left) {
        const std::size_t slash = rest.find('/');
        const std::string_view name = rest.substr(0, slash);
        rest.remove_prefix(slash + 1);
        if (left == 1) {
            out.append("<li aria-current=\"page\"><h1><bdi>");
            append_shown_name(out, name);
            out.append("</bdi></h1></li>\n");
            break;
        }
        out.append("<li><a href=\"");
        append_times(out, left - 1, "../");
        out.append("\"><bdi>");
        append_shown_name(out, name);
        out.append("</bdi></a></li>\n");
    }
    out.append("</ol>\n</nav>\n");
}

void ListingPage::append_forms(std::string& out) const {
    const bool is_drop_box = actions_.place == PageActions::Place::drop_box;
    out.append(
        "<section class=\"tools\" aria-label=\"Add to this folder\">\n"
        "<form class=\"drop\" id=\"upload\" method=\"post\" action=\"./\" enctype=\"multipart/form-data\"");
    if (actions_.upload == PageActions::Upload::resumable) out.append(" data-resumable");
    if (actions_.replacement == PageActions::Replacement::offered) out.append(" data-replaces");
    if (is_drop_box) out.append(" data-drops");
    out.append(
        ">\n<input type=\"file\" id=\"files\" name=\"file\" multiple required>\n"
        "<label for=\"files\">Choose files</label>\n"
        "<span class=\"hint\" hidden>or drop them anywhere on this page</span>\n"
        "<button class=\"main\">Upload</button>\n</form>\n");
    if (is_drop_box) {
        out.append("</section>\n");
        return;
    }
    out.append(
        "<form class=\"new\" id=\"mkcol\" method=\"post\" action=\"./?mkcol\">\n"
        "<label for=\"folder\">New folder</label>\n"
        "<input id=\"folder\" name=\"name\" required maxlength=\"255\" autocomplete=\"off\">\n"
        "<button>Create</button>\n</form>\n</section>\n");
}

/// Without the script it only searches.
void ListingPage::append_search(std::string& out) const {
    out.append(
        "<form class=\"search\" role=\"search\" action=\"./\">\n<input type=\"search\" name=\"search\" "
        "aria-label=\"Search this folder and those below\" placeholder=\"Search this folder and those below\" "
        "maxlength=\"80\" autocomplete=\"off\" value=\"");
    append_shown_name(out, view_.search);
    out.append("\">\n<button>Search</button>\n<output></output>\n</form>\n");
}

void ListingPage::append_columns(std::string& out) const {
    out.append("<caption class=\"aside\">").append(is_found() ? "What was found" : "Contents of this folder");
    out.append("</caption>\n<thead><tr>\n");
    append_column(out, ListingColumn::name, "Name");
    append_column(out, ListingColumn::size, "Size");
    append_column(out, ListingColumn::time, "Modified (UTC)");
    append_column(out, ListingColumn::type, "Type");
    if (shares()) out.append("<td></td>\n");
    if (removes()) out.append("<td></td>\n");
    out.append("</tr></thead>\n");
}

/// A button that sorts by the column, or turns the order around. Each order shows the same folder again: programs that
/// fetch a whole tree follow links, but send no forms.
void ListingPage::append_column(std::string& out, ListingColumn column, std::string_view label) const {
    out.append("<th scope=\"col\" class=\"").append(column_name(column)).append("\"");
    if (is_found()) {
        out.append(">").append(label).append("</th>\n");
        return;
    }
    // Screen readers do not take the name of a column from a form in it.
    out.append(" aria-label=\"").append(label).append("\"");
    // Of a large directory the buttons lead to sorted pages.
    const bool is_sorted = view_.column == column && view_.extent != ListingView::Extent::unsorted;
    if (is_sorted) {
        const bool ascends = view_.order == ListingOrder::ascending;
        out.append(" aria-sort=\"").append(ascends ? "ascending" : "descending").append("\"");
    }
    const ListingOrder order = is_sorted ? opposite(view_.order) : first_order(column);
    out.append("><form action=\"./\"><input type=\"hidden\" name=\"order\" value=\"");
    out.append(order == ListingOrder::ascending ? "asc\">" : "desc\">");
    if (view_.extent == ListingView::Extent::page) {
        out.append("<input type=\"hidden\" name=\"limit\" value=\"");
        base::append_decimal(out, view_.limit);
        out.append("\">");
    }
    out.append("<button name=\"sort\" value=\"").append(column_name(column)).append("\">").append(label);
    out.append("</button></form></th>\n");
}

void ListingPage::append_query(std::string& out, ListingColumn column, ListingOrder order) const {
    out.append("?sort=").append(column_name(column));
    out.append(order == ListingOrder::ascending ? "&amp;order=asc" : "&amp;order=desc");
    if (view_.extent != ListingView::Extent::page) return;
    out.append("&amp;limit=");
    base::append_decimal(out, view_.limit);
}

void ListingPage::row(std::string& out, const ListingEntry& entry) {
    const bool is_folder = entry.is_directory();
    out.append("<tr class=\"").append(is_folder ? "folder" : icon_of(entry.media_type));
    out.append("\"><th scope=\"row\" class=\"name\"><a href=\"");
    // A name with a colon would read as a scheme. Media players that read pages by pattern take a link for an entry
    // only where its text is the name, and know "./" in this case alone.
    if (entry.name.find(':') != std::string_view::npos) out.append("./");
    append_encoded_path(out, entry.name);
    out.append(is_folder ? "/\" dir=\"auto\">" : "\" dir=\"auto\">");
    append_shown_name(out, entry.name);
    out.append("</a></th><td class=\"size\"");
    const bool is_unknown = entry.access == ListingEntry::Access::unknown;
    if (is_folder || is_unknown) {
        out.append(">");
    } else {
        out.append(" title=\"");
        append_exact_size(out, entry.bytes);
        out.append("\">");
        append_size(out, entry.bytes);
    }
    out.append("</td><td class=\"time\">");
    if (!is_unknown) append_time_element(out, entry.modified_seconds);
    out.append("</td><td class=\"type\">");
    if (entry.access == ListingEntry::Access::forbidden) {
        out.append("Not readable");
    } else if (is_unknown) {
        out.append("Could not be looked at");
    } else if (is_folder) {
        out.append("Folder");
    } else {
        base::append_html_escaped(out, entry.media_type.substr(0, entry.media_type.find(';')));
    }
    out.append("</td>");
    if (shares()) append_share(out, entry);
    if (removes()) append_removal(out, entry);
    out.append("</tr>\n");
}

/// A field with the name as it is, in which a person writes another one. It follows the question of the delete in
/// the same cell.
void ListingPage::append_move(std::string& out, const ListingEntry& entry) const {
    out.append("<details name=\"erase\" class=\"move\"><summary aria-label=\"Rename, move or copy ");
    append_shown_name(out, entry.name);
    out.append("\"></summary>");
    out.append("<form method=\"post\" action=\"./?move\"><input type=\"hidden\" name=\"segment\" value=\"");
    append_encoded_segment(out, entry.name);
    out.append(
        "\"><p><label>New name, or path from the first folder<br><input name=\"to\" required autocomplete=\"off\" "
        "value=\"");
    append_shown_name(out, entry.name);
    out.append(
        "\"></label></p><button>Move</button> "
        "<button formaction=\"./?copy\">Copy</button></form></details>");
}

/// A question that unfolds, with a form in it; the script asks in a dialog instead.
void ListingPage::append_removal(std::string& out, const ListingEntry& entry) const {
    out.append("<td class=\"erase\">");
    out.append("<details name=\"erase\" class=\"delete\"><summary aria-label=\"Delete ");
    append_shown_name(out, entry.name);
    out.append("\"></summary>");
    out.append("<form method=\"post\" action=\"./?delete\"><input type=\"hidden\" name=\"segment\" value=\"");
    append_encoded_segment(out, entry.name);
    if (entry.is_directory()) out.append("\"><input type=\"hidden\" name=\"depth\" value=\"infinity");
    out.append("\"><p>Delete <bdi>");
    append_shown_name(out, entry.name);
    out.append(entry.is_directory() ? "</bdi> and everything in it?</p>" : "</bdi>?</p>");
    out.append("<button class=\"danger\">Delete</button></form></details>");
    if (moves()) append_move(out, entry);
    out.append("</td>");
}

/// A button of the one form below the table, which says for how long and how often.
void ListingPage::append_share(std::string& out, const ListingEntry& entry) const {
    out.append("<td class=\"link\">");
    if (entry.access == ListingEntry::Access::readable) {
        out.append("<button form=\"share\" formaction=\"./");
        append_encoded_path(out, entry.name);
        out.append(entry.is_directory() ? "/?share\" aria-label=\"Share " : "?share\" aria-label=\"Share ");
        append_shown_name(out, entry.name);
        out.append(" by a link\">Share</button>");
    }
    out.append("</td>");
}

/// The folder's own buttons come first in the form, so that the enter key does not share something else.
void ListingPage::append_share_form(std::string& out) const {
    out.append("<form class=\"share\" id=\"share\" method=\"post\" action=\"./?share\">");
    if (actions_.sharing != PageActions::Sharing::dropping)
        out.append("<button>Share this folder by a link</button>\n");
    if (actions_.sharing != PageActions::Sharing::reading) {
        out.append("<button name=\"for\" value=\"dropping\">Let others add files by a link</button>\n");
    }
    out.append(
        "<label>that ends after <input name=\"hours\" type=\"number\" min=\"1\" max=\"8760\" value=\"168\" required> "
        "hours</label>\n"
        "<label>and may be used <input name=\"uses\" type=\"number\" min=\"1\" max=\"1000\" placeholder=\"any\"> "
        "times</label></form>\n"
        "<form class=\"share\" action=\"");
    append_asset(out, kSharesPagePath);
    out.append("\"><button>Your links</button></form>\n");
}

std::string_view ListingPage::empty_text() const {
    if (actions_.entries == PageActions::Entries::hidden) return "What is in this folder is not shown.";
    if (is_found()) return "Nothing was found.";
    const bool continues = view_.extent == ListingView::Extent::page && view_.start == ListingView::Start::further_on;
    return continues ? "Nothing follows." : "This folder is empty.";
}

void ListingPage::closing(std::string& out, const ListingEnd& end) {
    if (end.entries == 0) {
        out.append("<tr><td class=\"empty\" colspan=\"");
        base::append_decimal(out, columns());
        out.append("\">").append(empty_text()).append("</td></tr>\n");
    }
    out.append("</tbody>\n</table>\n</div>\n");
    if (actions_.entries == PageActions::Entries::shown) append_summary(out, end);
    // Programs that fetch a whole tree follow links, but send no forms.
    if (end.entries > 0 && !is_found()) {
        out.append(
            "<form class=\"archive\" action=\"./\"><button name=\"archive\" value=\"zip\">Download as zip</button>"
            "</form>\n");
    }
    if (shares()) append_share_form(out);
    out.append("</main>\n</body>\n</html>\n");
}

void ListingPage::append_summary(std::string& out, const ListingEnd& end) const {
    out.append("<p class=\"summary\">");
    base::append_decimal(out, end.entries);
    out.append(end.entries == 1 ? " entry" : " entries");
    switch (view_.extent) {
        case ListingView::Extent::whole: break;
        case ListingView::Extent::unsorted:
            out.append(", too many to sort at once: sort by a column to page through all");
            break;
        case ListingView::Extent::page: out.append(" on this page"); break;
        case ListingView::Extent::found: out.append(" found here and below"); break;
    }
    if (view_.extent == ListingView::Extent::page && view_.start == ListingView::Start::further_on) {
        out.append(" <a rel=\"first\" href=\"./");
        append_query(out, view_.column, view_.order);
        out.append("\">First page</a>");
    }
    if (!end.next.empty()) {
        out.append(" <a rel=\"next\" href=\"./");
        base::append_html_escaped(out, end.next);
        out.append("\">Next page</a>");
    }
    out.append("</p>\n");
    if (end.rest == ListingEnd::Rest::none) return;
    out.append("<p class=\"rest\">").append(rest_text(end.rest)).append("</p>\n");
}

}  // namespace listings

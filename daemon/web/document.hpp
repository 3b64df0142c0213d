// The frame of every page: its head, the banner for when the daemon does not answer, the moment it
// is from, what it loads. Nothing is loaded from elsewhere, nothing stands inline.
#pragma once

#include <string>
#include <string_view>

#include "daemon/when.hpp"

namespace reachd::web {

struct Document {
  std::string title;    // escaped by page()
  std::string heading;  // all below are markup
  std::string lead;     // under the heading; both are replaced while the page is open
  std::string body;     // of <main>
  bool charts = false;  // loads what draws them
};

// The whole document, as of `now`. `tag` (see tag_of) goes in with it, so that the page can ask
// whether anything is other than what it shows.
std::string page(const Document& document, std::string_view tag, WallTime now);

// An ETag (weak, with its quotes) of all that the document says but the moment.
std::string tag_of(const Document& document);

// A part of <main> that is replaced, while the page is open, by the same part of a newer one.
std::string live(std::string_view id, const std::string& markup);

}  // namespace reachd::web

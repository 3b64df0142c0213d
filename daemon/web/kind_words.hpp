// Kinds of trouble in plain words for a page: "tls.reset.sni" is "reset when the TLS greeting names
// it". Says what happens, never who does it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace reachd::web {

// The words of the kind or of its nearest ancestor that has some; the kind itself, unescaped, if
// none has.
std::string kind_words(std::string_view kind);
// Of all of them, at most three: "reset when …; forged DNS answers". Unescaped.
std::string kinds_words(const std::vector<std::string>& kinds);

}  // namespace reachd::web

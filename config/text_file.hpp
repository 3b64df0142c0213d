// A file of the operator's as text.
#pragma once

#include <cstddef>
#include <string>

#include <boost/system/result.hpp>

namespace reachd {

// At most `most` bytes of it; whoever must know whether there were more asks for one more. The
// error says why it cannot be read: "it is a folder", "Permission denied".
boost::system::result<std::string, std::string> read_text_file(const std::string& file,
                                                               std::size_t most);

}  // namespace reachd

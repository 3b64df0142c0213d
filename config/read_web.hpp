// The readers of `web` and of the parts of the file that it names; see read.hpp.
#pragma once

#include <string>

#include "config/web_access.hpp"
#include "config/yaml_reader.hpp"

namespace reachd {

void read_web(const Field& field, Config& config);
void read_web_tls(const Field& field, const std::string& file, WebTls& tls);

}  // namespace reachd

#include <algorithm>
#include <utility>

#include "config/read.hpp"
#include "config/wording.hpp"

namespace reachd {
namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20U;
constexpr std::uint64_t kGiB = std::uint64_t{1} << 30U;

bool read_receiver(const Field& field, const std::string& file, RemoteWriteSettings& out) {
  Section section(field);
  take_name(section.optional("name"), out.name);
  const Field token = section.optional("token_file");
  take_path(token, file, out.token_file);
  constexpr std::string_view kExample = "https://metrics.example.net/api/v1/write";
  const Field url = section.required("url", "such as " + std::string(kExample));
  const bool has_url = take_server_url(url, token.present(), kExample, out.url);
  take_duration(section.optional("interval"), out.interval, std::chrono::seconds(1),
                std::chrono::minutes(4),
                "Prometheus takes a series for gone after five minutes without a sample");
  take_bytes(section.optional("max_bytes"), out.max_bytes, kMiB, 64 * kGiB,
             "from 1MiB to 64GiB; 64MiB is usual");
  section.close();
  return has_url;
}

}  // namespace

void read_remote_write(const Field& field, const std::string& file,
                       std::vector<RemoteWriteSettings>& out) {
  if (!field.present()) return;
  for (const Field& item : field.one_or_more()) {
    RemoteWriteSettings receiver;
    if (!read_receiver(item, file, receiver)) continue;
    const auto same = [&](const RemoteWriteSettings& other) { return other.name == receiver.name; };
    if (std::ranges::any_of(out, same)) {
      item.fault("each receiver needs a name of its own; " + in_quotes(receiver.name) +
                 " stands in this list already");
      continue;
    }
    out.push_back(std::move(receiver));
  }
}

}  // namespace reachd

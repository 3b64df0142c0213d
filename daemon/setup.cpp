#include "daemon/setup.hpp"

#include <chrono>
#include <utility>

#include "config/endpoint.hpp"
#include "config/text_file.hpp"

namespace reachd {
namespace {

// Whether machines beyond this one can come to where it listens, and nothing else guards it.
bool is_exposed(const Config& config) {
  return !config.insecure && !is_loopback(config.listen.address);
}

void load_web(Setup& setup, std::vector<Fault>& faults) {
  const Config& config = setup.config;
  if (config.web_config_file.empty()) return;
  auto loaded = web::load_entrance(config.web_config_file, is_exposed(config));
  if (const auto* wrong = std::get_if<std::vector<Fault>>(&loaded)) {
    faults.insert(faults.end(), wrong->begin(), wrong->end());
    return;
  }
  setup.entrance = std::move(std::get<web::Entrance>(loaded));
}

}  // namespace

boost::system::result<Fingerprints, Fault> load_fingerprints(const std::string& file,
                                                             std::string key) {
  // One byte more than is allowed tells the reader that there was more.
  const auto text = read_text_file(file, kMostTable + 1);
  if (!text) return Fault{file, 0, 0, std::move(key), "cannot be read: " + text.error()};
  auto parsed = parse_fingerprints(*text);
  if (!parsed) {
    const TableFault& fault = parsed.error();
    return Fault{file, fault.line, fault.line > 0 ? 1 : 0, std::move(key), fault.why};
  }
  return Fingerprints(std::move(*parsed));
}

namespace {

void load_lists(Setup& setup, std::vector<Fault>& faults) {
  const std::size_t configured = setup.config.services.size();
  for (std::size_t i = 0; i < setup.config.lists.size(); ++i) {
    const ListSettings list = setup.config.lists[i];
    const auto refuse = [&](std::string why) {
      faults.push_back({list.file, 0, 0, "lists[" + std::to_string(i) + "].file", std::move(why)});
    };
    const auto text = read_text_file(list.file, kMostList + 1);
    if (!text) {
      refuse("cannot be read: " + text.error());
    } else if (auto taken = take_list(*text, list, configured, setup.config)) {
      setup.lists.push_back(std::move(*taken));
    } else {
      refuse(taken.error());
    }
  }
}

}  // namespace

double rounds_a_second(const Config& config) {
  double rounds = 0;
  for (const Target& target : targets_of(config)) {
    rounds += 1 / std::chrono::duration<double>(target.interval).count();
  }
  return rounds;
}

std::variant<Setup, std::vector<Fault>> load_setup(const std::string& file, bool serves) {
  Loaded loaded = load_config(file);
  if (auto* faults = std::get_if<std::vector<Fault>>(&loaded)) return std::move(*faults);
  Setup setup{std::move(std::get<Config>(loaded)), {}, {}, {}};
  std::vector<Fault> faults;
  const auto load = [&](const std::string& table, const char* key) {
    if (table.empty()) return;
    auto known = load_fingerprints(table, key);
    if (known) {
      setup.fingerprints.push_back(std::move(*known));
    } else {
      faults.push_back(known.error());
    }
  };
  load_lists(setup, faults);
  load(setup.config.fingerprints.dns, "fingerprints.dns");
  load(setup.config.fingerprints.http, "fingerprints.http");
  if (serves) load_web(setup, faults);
  if (!faults.empty()) return faults;
  std::string& page = setup.config.alertmanager.external_url;
  if (page.empty()) page = page_url(setup.config.listen, setup.entrance.tls != nullptr);
  return setup;
}

std::string page_url(const Listen& listen, bool tls) {
  const std::string host = is_ipv6(listen.address) ? "[" + listen.address + "]" : listen.address;
  return std::string(tls ? "https://" : "http://") + host + ":" + std::to_string(listen.port);
}

}  // namespace reachd

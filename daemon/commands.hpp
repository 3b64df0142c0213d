// The commands of the one binary: arguments in, exit status out. What each prints and returns is
// fixed by what users script against.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace reachd {

inline constexpr const char* kDefaultConfig = "/etc/reachd/reachd.yaml";

// Exit statuses of `probe` and `status`.
enum Exit : int { kExitOk = 0, kExitUsage = 1, kExitNotOk = 2, kExitNotJudged = 3 };

int run_command(int argc, char** argv);

struct CheckOptions {
  std::string config = kDefaultConfig;
};
int check(const CheckOptions& options, std::ostream& out, std::ostream& err);

struct ProbeOptions {
  std::string config = kDefaultConfig;
  bool json = false;
  bool deep = false;
  int rounds = 1;
  std::vector<std::string> targets;  // "service" or "service/target"; empty: all
  bool colour = false;
  bool progress = false;  // a line that counts, for terminals
};
int probe(const ProbeOptions& options, std::ostream& out, std::ostream& err);

struct JudgeOptions {
  bool json = false;
  bool changes = false;                   // what the change detector makes of them, in their place
  std::vector<std::string> fingerprints;  // files in OONI's format
  std::vector<std::string> files;         // "-" and none: standard input
};
// Judges measurements that were kept, from their observations alone. Changes are told when all are
// read: the lines need not be in order.
int judge_files(const JudgeOptions& options, std::ostream& out, std::ostream& err);

struct RunOptions {
  std::string config = kDefaultConfig;
  std::string state_directory;  // instead of the configuration's
  std::string log_level = "info";
};
int run(const RunOptions& options);

// What the command line says goes before the file's `helper`.
struct HelperOptions {
  std::string config;  // empty: none is read
  std::string listen;  // "ADDR:PORT"
  std::string token_file;
  std::string certificate_file;
  std::string key_file;
  std::vector<std::string> allow;  // networks that are not public
  std::string log_level = "info";
};
int run_helper(const HelperOptions& options);

}  // namespace reachd

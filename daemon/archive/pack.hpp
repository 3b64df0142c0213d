// Packs one file with zstd, some at a time, so that other work comes in between. The packed file
// appears under its name whole and on the disk, or not at all.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "daemon/archive/descriptor.hpp"
#include "daemon/archive/files.hpp"

struct ZSTD_CCtx_s;

namespace reachd::archive {

class Packing {
 public:
  // `to` appears when all is done; until then what there is of it bears kUnfinished.
  static Result<Packing> begin(std::string from, std::string to);
  ~Packing();
  Packing(Packing&&) = default;

  // Packs up to `bytes` of what is left; true once the packed file has taken the place of the
  // plain one, which is deleted.
  Result<bool> go_on(std::size_t bytes);

  const std::string& from() const { return from_; }

 private:
  struct Free {
    void operator()(ZSTD_CCtx_s* context) const;
  };
  Packing() = default;
  std::string unfinished() const;
  std::optional<std::string> write(const char* data, std::size_t size);
  Result<bool> finish();

  std::string from_;
  std::string to_;
  Descriptor in_;
  Descriptor out_;
  std::unique_ptr<ZSTD_CCtx_s, Free> context_;
  bool done_ = false;
};

// True if `packed` holds what a file of `bytes` was packed to, as its header says: a crash came
// before the plain file was deleted.
bool holds_all_of(const std::string& packed, std::uint64_t bytes);

// What a crash must not undo: names that came or went in a folder.
bool sync_directory(const std::string& directory);

}  // namespace reachd::archive

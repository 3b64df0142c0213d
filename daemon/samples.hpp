// What the samples of many targets are at one moment. Taking them is a copy of numbers, cheap
// enough for the loop; rendering them takes ten times as long and is for any other thread.
// Nobody changes them while they are rendered.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/sample_block.hpp"

namespace reachd {

class Samples {
 public:
  // Room for one more: memory is taken once if each that is to be added is told first.
  void expect(const SampleBlock& block);
  void add(const SampleBlock& block);

  std::size_t targets() const { return parts_.size(); }
  // Tells it from all others, at any moment; holds as long as these samples.
  std::string_view name(std::size_t target) const;
  // Appends the lines of one target, families in their order.
  void render_target(std::size_t target, std::string& text) const;
  // The same of one family alone.
  void render(std::size_t target, std::size_t family, std::string& text) const;

 private:
  // Where what is of one target begins; it ends where the next begins.
  struct Part {
    const SampleShape* shape = nullptr;
    std::uint32_t names = 0;
    std::uint32_t first_size = 0;
    std::uint32_t values = 0;
    std::uint32_t late = 0;
  };

  std::vector<Part> parts_;
  std::string names_;
  std::vector<double> values_;
  std::vector<SampleBlock::Late> late_;
  std::vector<std::shared_ptr<const SampleShape>> shapes_;  // each once, few
  // What is expected.
  std::size_t targets_ = 0;
  std::size_t names_size_ = 0;
  std::size_t values_size_ = 0;
};

}  // namespace reachd

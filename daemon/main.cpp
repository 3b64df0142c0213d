#include <exception>
#include <iostream>

#include "daemon/commands.hpp"

int main(int argc, char** argv) {
  try {
    return reachd::run_command(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "reachd: " << error.what() << '\n';
    return 1;
  }
}

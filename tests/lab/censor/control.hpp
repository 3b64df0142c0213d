// The control socket: lines in, one line back for each. Knows nothing of what the lines mean.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <poll.h>

namespace censor {

class ControlSocket {
 public:
  // Takes the place of a socket that an earlier run left at `path`. Throws std::system_error.
  explicit ControlSocket(std::string path);
  ~ControlSocket();
  ControlSocket(const ControlSocket&) = delete;
  ControlSocket& operator=(const ControlSocket&) = delete;

  // What to wait for.
  void add_to(std::vector<pollfd>& waited) const;
  // Accepts, reads and answers whatever is there, without waiting. At most 16 clients, 4 KiB a
  // line.
  void serve(const std::function<std::string(std::string_view)>& answer);

 private:
  struct Client {
    int descriptor;
    std::string unread;
  };
  // False once the client is done for.
  static bool serve_client(Client& client,
                           const std::function<std::string(std::string_view)>& answer);

  std::string path_;
  int listener_ = -1;
  std::vector<Client> clients_;
};

}  // namespace censor

#include "daemon/store/database.hpp"

#include <array>
#include <cstdio>

#include <sqlite3.h>

namespace reachd::store {
namespace {

Trouble trouble_of(int code) {
  switch (code & 0xff) {
    case SQLITE_FULL:
      return Trouble::full;
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      return Trouble::read_only;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Trouble::locked;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Trouble::corrupt;
    default:
      return Trouble::other;
  }
}

[[noreturn]] void fail(sqlite3* database, int code) {
  const int detailed = database != nullptr ? sqlite3_extended_errcode(database) : code;
  std::string text = sqlite3_errstr(code);
  if (database != nullptr) text = sqlite3_errmsg(database);
  throw DatabaseError(trouble_of(code), text + " (" + std::to_string(detailed) + ")");
}

// A path as SQLite's URIs hold it: all but the plainest bytes escaped.
std::string uri_of(const std::string& path) {
  std::string uri = "file:";
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                       (byte >= '0' && byte <= '9') || c == '/' || c == '.' || c == '-' || c == '_';
    std::array<char, 4> escaped{};
    std::snprintf(escaped.data(), escaped.size(), "%%%02X", byte);
    uri += plain ? std::string(1, c) : std::string(escaped.data());
  }
  return uri;
}

}  // namespace

std::string_view to_string(Trouble trouble) {
  switch (trouble) {
    case Trouble::none:
      return "none";
    case Trouble::full:
      return "full";
    case Trouble::read_only:
      return "read_only";
    case Trouble::locked:
      return "locked";
    case Trouble::corrupt:
      return "corrupt";
    case Trouble::newer:
      return "newer";
    case Trouble::other:
      return "other";
  }
  return "other";
}

void Statement::Finish::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

Statement::Statement(sqlite3* database, std::string_view sql) : database_(database) {
  sqlite3_stmt* made = nullptr;
  const int code = sqlite3_prepare_v3(database, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &made, nullptr);
  statement_.reset(made);
  check(code);
}

void Statement::check(int code) {
  if (code != SQLITE_OK) fail(database_, code);
}

Statement& Statement::bind(std::int64_t value) {
  check(sqlite3_bind_int64(statement_.get(), ++bound_, value));
  return *this;
}

Statement& Statement::bind(std::string_view text) {
  check(sqlite3_bind_text64(statement_.get(), ++bound_, text.data(), text.size(), SQLITE_TRANSIENT,
                            SQLITE_UTF8));
  return *this;
}

Statement& Statement::bind_null() {
  check(sqlite3_bind_null(statement_.get(), ++bound_));
  return *this;
}

bool Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  sqlite3_reset(statement_.get());  // so that the transaction can be rolled back
  fail(database_, code);
}

void Statement::run() {
  while (step()) {
  }
  reset();
}

void Statement::reset() {
  sqlite3_reset(statement_.get());
  bound_ = 0;
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::optional<std::int64_t> Statement::maybe(int column) const {
  if (sqlite3_column_type(statement_.get(), column) == SQLITE_NULL) return std::nullopt;
  return integer(column);
}

std::string Statement::text(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return bytes == nullptr ? std::string() : std::string(bytes, static_cast<std::size_t>(size));
}

void Database::Close::operator()(sqlite3* database) const {
  sqlite3_close_v2(database);
}

Database::Database(const std::string& path, Access access) {
  const bool writes = access == Access::write;
  // Without locks of its own the reader needs none of the file's: "unix-none" has them do nothing.
  const std::string uri = uri_of(path) + (writes ? "" : "?mode=ro&vfs=unix-none");
  sqlite3* opened = nullptr;
  const int flags = (writes ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY) |
                    SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX;
  const int code = sqlite3_open_v2(uri.c_str(), &opened, flags, nullptr);
  database_.reset(opened);
  if (code != SQLITE_OK) fail(opened, code);
  if (writes && sqlite3_db_readonly(opened, "main") == 1) {  // SQLite is content with reading
    throw DatabaseError(Trouble::read_only, "the file cannot be written");
  }
  constexpr int kPatience = 200;  // milliseconds that a lock is waited for
  sqlite3_busy_timeout(opened, kPatience);
  run("PRAGMA locking_mode = EXCLUSIVE");
}

void Database::run(const char* sql) {
  const int code = sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(database_.get(), code);
}

Statement& Database::prepared(const char* sql) {
  auto found = statements_.find(sql);
  if (found == statements_.end()) {
    found = statements_.emplace(sql, Statement(database_.get(), sql)).first;
  }
  found->second.reset();
  return found->second;
}

std::int64_t Database::number(const char* sql) {
  Statement& statement = prepared(sql);
  const std::int64_t value = statement.step() ? statement.integer(0) : 0;
  statement.reset();
  return value;
}

Transaction::Transaction(Database& database) : database_(database) {
  database_.run("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
  if (!open_) return;
  try {
    database_.run("ROLLBACK");
  } catch (const DatabaseError&) {
    // SQLite rolls back by itself where an error leaves it no choice.
  }
}

void Transaction::commit() {
  database_.run("COMMIT");
  open_ = false;
}

}  // namespace reachd::store

#pragma once
#include <microhttpd.h>
#include <sys/socket.h>

// Swift imports no variadic function, so each call the server makes has its
// own typed form here.

/// Starts a daemon with one thread a connection on `address`; `key` and
/// `certificate` are PEM text, or both NULL for plain HTTP.
static inline struct MHD_Daemon *logexport_mhd_start(
    const struct sockaddr *address,
    MHD_AccessHandlerCallback handler, void *context,
    void *(*target)(void *, const char *, struct MHD_Connection *),
    MHD_RequestCompletedCallback completed,
    size_t connection_memory,
    const char *key, const char *certificate) {
  unsigned int flags = MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD
      | MHD_USE_POLL | MHD_USE_ITC;
  if (key != NULL) {
    return MHD_start_daemon(
        flags | MHD_USE_TLS, 0, NULL, NULL, handler, context,
        MHD_OPTION_SOCK_ADDR, address,
        MHD_OPTION_URI_LOG_CALLBACK, target, context,
        MHD_OPTION_NOTIFY_COMPLETED, completed, context,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, connection_memory,
        MHD_OPTION_CONNECTION_LIMIT, 4096u,
        MHD_OPTION_HTTPS_MEM_KEY, key,
        MHD_OPTION_HTTPS_MEM_CERT, certificate,
        MHD_OPTION_END);
  }
  return MHD_start_daemon(
      flags, 0, NULL, NULL, handler, context,
      MHD_OPTION_SOCK_ADDR, address,
      MHD_OPTION_URI_LOG_CALLBACK, target, context,
      MHD_OPTION_NOTIFY_COMPLETED, completed, context,
      MHD_OPTION_CONNECTION_MEMORY_LIMIT, connection_memory,
      MHD_OPTION_CONNECTION_LIMIT, 4096u,
      MHD_OPTION_END);
}

/// The port a daemon listens on, 0 where it cannot tell.
static inline uint16_t logexport_mhd_port(struct MHD_Daemon *daemon) {
  const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT);
  return info == NULL ? 0 : info->port;
}

/// The socket of a connection, -1 where it has none.
static inline int logexport_mhd_socket(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  return info == NULL ? -1 : info->connect_fd;
}

/// The version of TLS that a connection speaks, a `gnutls_protocol_t`; 0 where
/// it speaks none.
static inline int logexport_mhd_tls(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_PROTOCOL);
  return info == NULL ? 0 : (int)info->protocol;
}

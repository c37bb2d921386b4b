internal import FoundationEssentials

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// A question to the person at the terminal.
enum Question {
  /// A line of stdin without its end; nil at its end, and where a signal comes first.
  static func answer() async -> String? {
    var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    // Signals are taken by another thread, so they do not interrupt a read.
    while poll(&input, 1, 0) <= 0 {
      do { try await Task.sleep(for: .milliseconds(100)) } catch { return nil }
    }
    return readLine()
  }

  /// Asks whether to go on. False for anything but `yes`, and where a signal comes first.
  static func confirm(_ text: String) async -> Bool {
    Console.prompt("\n\(text) Only 'yes' is taken for yes: ")
    return await answer() == "yes"
  }

  /// Asks until `take` takes the answer, an empty one meaning `fallback`; `take` throws with what is wrong.
  ///
  /// Throws with code 1 where no answer comes.
  static func ask<T>(
    _ text: String, default fallback: String? = nil, _ take: (String) async throws(CommandFailure) -> T
  ) async throws(CommandFailure) -> T {
    while true {
      Console.prompt("\(text)\(fallback.map { " [\($0)]" } ?? ""): ")
      guard let line = await answer() else { throw CommandFailure(.error, "nothing was written") }
      var answer = line.split(separator: " ").joined(separator: " ")
      if answer.isEmpty, let fallback { answer = fallback }
      do throws(CommandFailure) { return try await take(answer) } catch {
        Console.prompt("  \(error.message)\n")
      }
    }
  }
}

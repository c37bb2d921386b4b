internal import Dispatch

/// Runs tasks that wait for a disk on threads of their own, so that an `fsync` or a
/// lock never holds one of the few threads that all other tasks share.
final class BlockingThreads: TaskExecutor {
  static let shared = BlockingThreads()

  private let queue = DispatchQueue(label: "logexport.files", attributes: .concurrent)

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }

  /// Runs `body` on these threads.
  static func run<T, E: Error>(_ body: () async throws(E) -> T) async throws(E) -> T {
    try await withTaskExecutorPreference(shared, operation: body)
  }
}

internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// Runs tasks that wait for a disk or a child process on threads of their own, so that
/// an `fsync` or a lock never holds one of the few threads that all other tasks share.
///
/// Dispatch would not do: its concurrent queues draw on the very same threads.
package final class BlockingThreads: TaskExecutor {
  static let shared = BlockingThreads()

  /// More than this many wait for each other.
  private static let limit = 16

  private struct State {
    var jobs: [UnownedJob] = []
    var threads = 0
    /// Threads that wait for a job.
    var idle = 0
  }

  private let state = Mutex(State())
  private let work = Semaphore()

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let mustGrow = state.withLock { state in
      state.jobs.append(job)
      guard state.jobs.count > state.idle, state.threads < Self.limit else { return false }
      state.threads += 1
      return true
    }
    if mustGrow { startThread() }
    work.signal()
  }

  /// Runs `body` on these threads.
  package static func run<T, E: Error>(_ body: () async throws(E) -> T) async throws(E) -> T {
    try await withTaskExecutorPreference(shared, operation: body)
  }
}

extension BlockingThreads {
  private func startThread() {
    var thread = pthread_t()
    let code = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<BlockingThreads>.fromOpaque(context).takeUnretainedValue().serve()
        return nil
      }, Unmanaged.passUnretained(self).toOpaque())
    if code == 0 {
      pthread_detach(thread)
      return
    }
    // Where there is no thread to be had, those that there are do the work, or else this one.
    let isAlone = state.withLock { state in
      state.threads -= 1
      return state.threads == 0
    }
    if isAlone { runNext() }
  }

  private func runNext() {
    let job = state.withLock { $0.jobs.isEmpty ? nil : $0.jobs.removeFirst() }
    job?.runSynchronously(on: asUnownedTaskExecutor())
  }

  private func serve() {
    while true {
      state.withLock { $0.idle += 1 }
      work.wait()
      state.withLock { $0.idle -= 1 }
      runNext()
    }
  }
}

/// `sem_t` at a place of its own.
///
/// Unchecked because POSIX lets every thread post to it and wait for it.
private final class Semaphore: @unchecked Sendable {
  private let pointer = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

  init() { sem_init(pointer, 0, 0) }

  deinit {
    sem_destroy(pointer)
    pointer.deallocate()
  }

  func signal() { sem_post(pointer) }
  func wait() { while sem_wait(pointer) != 0 {} }
}

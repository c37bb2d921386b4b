import Glibc
import Synchronization

/// Reads a range of a blob's chunks.
final class ContentBody: ResponseBody {
  private struct Position {
    var chunks: ArraySlice<Chunk>
    /// Bytes of the first chunk already read or skipped.
    var offset: Int
    var left: Int
    var descriptor: Int32?
  }

  private let store: ContentStore
  private let position: Mutex<Position>

  /// Bytes `[start, start + count)` of the chunks laid end to end.
  init(_ chunks: [Chunk], store: ContentStore, start: Int, count: Int) {
    var rest = chunks[...]
    var skip = start
    while let first = rest.first, skip >= first.count {
      skip -= first.count
      rest.removeFirst()
    }
    self.store = store
    position = Mutex(Position(chunks: rest, offset: skip, left: count, descriptor: nil))
  }

  deinit {
    position.withLock { if let descriptor = $0.descriptor { close(descriptor) } }
  }

  /// The next bytes, at most to the end of a chunk.
  func next(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    try position.withLock { position in
      guard position.left > 0, let first = position.chunks.first else { return 0 }
      let wanted = min(buffer.count, position.left, first.count - position.offset)
      let count = try read(first, wanted, &position, into: buffer)
      position.left -= count
      position.offset += count
      if position.offset == first.count {
        if let descriptor = position.descriptor { close(descriptor) }
        position.descriptor = nil
        position.chunks.removeFirst()
        position.offset = 0
      }
      return count
    }
  }

  private func read(
    _ chunk: Chunk, _ count: Int, _ position: inout Position, into buffer: UnsafeMutableRawBufferPointer
  ) throws(FileProblem) -> Int {
    switch chunk {
    case .memory(let bytes):
      bytes.withUnsafeBytes { source in
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[position.offset..<position.offset + count]))
      }
      return count
    case .file(let name, let offset, _):
      let descriptor = if let open = position.descriptor { open } else { try store.open(name) }
      position.descriptor = descriptor
      let done = pread(descriptor, buffer.baseAddress, count, off_t(offset + position.offset))
      guard done > 0 else { throw FileProblem(path: name, code: errno) }
      return done
    }
  }
}

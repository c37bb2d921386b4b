/// Whether a name matches a shell pattern of `*` and `?`, upper and lower case alike.
func matches(_ name: String, glob: String) -> Bool {
  func match(_ name: ArraySlice<Character>, _ glob: ArraySlice<Character>) -> Bool {
    guard let first = glob.first else { return name.isEmpty }
    switch first {
    case "*": return match(name, glob.dropFirst()) || (!name.isEmpty && match(name.dropFirst(), glob))
    case "?": return !name.isEmpty && match(name.dropFirst(), glob.dropFirst())
    default: return name.first == first && match(name.dropFirst(), glob.dropFirst())
    }
  }
  return match(Array(name.lowercased())[...], Array(glob.lowercased())[...])
}

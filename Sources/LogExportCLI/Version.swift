/// The program's version, by semantic versioning.
package let version = "0.1.0"

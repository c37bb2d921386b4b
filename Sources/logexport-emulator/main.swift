import Emulator
import Glibc

exit(EmulatorCommand.run(Array(CommandLine.arguments.dropFirst())) { _ in NoLogs() })

// LogExportCLI

// ExportSpec

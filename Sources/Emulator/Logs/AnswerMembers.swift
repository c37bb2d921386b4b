/// What follows the tables of an answer, in the shape of the recorded ones.
enum AnswerMembers {
  /// `Prefer: include-render=true`: no query here renders anything.
  static let render = """
    ,"render":{"visualization":null,"title":null,"accumulate":false,"isQuerySorted":false,"kind":null,"legend":null,\
    "series":null,"yMin":"NaN","yMax":"NaN","xAxis":null,"xColumn":null,"xTitle":null,"yAxis":null,"yColumns":null,\
    "ySplit":null,"yTitle":null,"anomalyColumns":null}
    """

  /// `Prefer: include-statistics=true`: only the result's own size is measured.
  static func statistics(_ rows: Int, _ bytes: Int) -> String {
    """
    ,"statistics":{"query":{"executionTime":0,"resourceUsage":{"cache":{"memory":{"hits":0,"misses":0,"total":0},\
    "disk":{"hits":0,"misses":0,"total":0},"shards":{"hot":{"hitbytes":0,"missbytes":0,"retrievebytes":0},\
    "cold":{"hitbytes":0,"missbytes":0,"retrievebytes":0},"bypassbytes":0}},\
    "cpu":{"user":"00:00:00","kernel":"00:00:00","totalCpu":"00:00:00"},"memory":{"peakPerNode":0},\
    "network":{"interClusterTotalBytes":0,"crossClusterTotalBytes":0}},\
    "inputDatasetStatistics":{"extents":{"total":0,"scanned":0,"scannedMinDatetime":"0001-01-01T00:00:00.0000000Z",\
    "scannedMaxDatetime":"0001-01-01T00:00:00.0000000Z"},"rows":{"total":0,"scanned":0},\
    "rowstores":{"scannedRows":0,"scannedValuesSize":0},"shards":{"queriesGeneric":0,"queriesSpecialized":0}},\
    "datasetStatistics":[{"tableRowCount":\(rows),"tableSize":\(bytes)}],"crossClusterResourceUsage":{}}}
    """
  }
}

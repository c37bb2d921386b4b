extension KQLPredicate {
  /// Operators that a list in parentheses follows.
  static let listOperators: Set<String> = ["in", "has_any", "has_all"]

  /// Operators before which or after which a parenthesis may stand.
  static let operatorWords: Set<String> = [
    "and", "or", "between", "contains", "contains_cs", "startswith", "startswith_cs", "endswith", "endswith_cs",
    "has", "has_cs", "hasprefix", "hasprefix_cs", "hassuffix", "hassuffix_cs", "like", "notlike", "regex",
  ]

  /// Words that begin a tabular expression or a statement without a pipe.
  static let tabularWords: Set<String> = [
    "alias", "datatable", "declare", "evaluate", "external_table", "externaldata", "find", "invoke", "let",
    "materialize", "materialized_view", "pattern", "print", "query_parameters", "range", "restrict", "search", "set",
    "toscalar", "union", "view",
  ]

  /// Functions that read other tables, workspaces, clusters or files.
  static let reachingFunctions: Set<String> = [
    "adx", "app", "arg", "cluster", "database", "datatable", "entity_group", "evaluate", "external_table",
    "externaldata", "find", "graph", "invoke", "materialize", "materialized_view", "print", "resource", "search",
    "stored_query_result", "table", "toscalar", "union", "view", "workspace",
  ]

  /// Functions of the clock, of chance, of the caller, of where rows lie or in which order they come.
  static let volatileFunctions: Set<String> = [
    "ago", "current_cluster_endpoint", "current_database", "current_principal", "current_principal_details",
    "current_principal_is_member_of", "cursor_after", "cursor_before_or_at", "cursor_current", "extent_id",
    "extent_tags", "geo_info_from_ip_address", "new_guid", "next", "now", "prev", "rand", "row_cumsum",
    "row_number", "row_rank_dense", "row_rank_min", "row_window_session",
  ]

  /// KQL's scalar functions whose value depends on the row alone (Kusto Query
  /// Language reference, "Scalar functions"). A name that is missing here is
  /// refused: a workspace's saved functions may read anything.
  static let scalarFunctions: Set<String> = Set(
    """
    abs acos array_concat array_iff array_iif array_index_of array_length array_reverse array_rotate_left
    array_rotate_right array_shift_left array_shift_right array_slice array_sort_asc array_sort_desc array_split
    array_sum asin atan atan2 bag_has_key bag_keys bag_merge bag_pack bag_pack_columns bag_remove_keys bag_set_key
    bag_zip base64_decode_toarray base64_decode_toguid base64_decode_tostring base64_decodestring
    base64_encode_fromarray base64_encode_fromguid base64_encode_tostring base64_encodestring bin bin_at binary_and
    binary_not binary_or binary_shift_left binary_shift_right binary_xor bitset_count_ones case ceiling coalesce
    column_ifexists convert_angle convert_energy convert_force convert_length convert_mass convert_speed
    convert_temperature convert_volume cos cot countof datetime_add datetime_diff datetime_local_to_utc datetime_part
    datetime_utc_to_local dayofmonth dayofweek dayofyear degrees dynamic dynamic_to_json endofday endofmonth
    endofweek endofyear erf erfc estimate_data_size exp exp10 exp2 extract extract_all extract_json extractjson floor
    format_bytes format_datetime format_ipv4 format_ipv4_mask format_timespan gamma geo_angle geo_azimuth
    geo_closest_point_on_line geo_distance_2points geo_distance_point_to_line geo_distance_point_to_polygon
    geo_geohash_to_central_point geo_geohash_to_polygon geo_point_in_circle geo_point_in_polygon
    geo_point_to_geohash geo_point_to_h3cell geo_point_to_s2cell getmonth gettype getyear has_any_index
    has_any_ipv4 has_any_ipv4_prefix has_ipv4 has_ipv4_prefix hash hash_combine hash_many hash_md5 hash_sha1
    hash_sha256 hash_xxhash64 hourofday iff iif indexof indexof_regex ingestion_time ipv4_compare
    ipv4_is_in_any_range ipv4_is_in_range ipv4_is_match ipv4_is_private ipv4_netmask_suffix ipv6_compare
    ipv6_is_in_any_range ipv6_is_in_range ipv6_is_match isascii isempty isfinite isinf isnan isnotempty isnotnull
    isnull isutf8 jaccard_index log log10 log2 loggamma make_datetime make_string make_timespan max_of min_of
    monthofyear not notempty notnull pack pack_all pack_array pack_dictionary parse_command_line parse_csv parse_ipv4
    parse_ipv4_mask parse_ipv6 parse_ipv6_mask parse_json parse_path parse_url parse_urlquery parse_user_agent
    parse_version parse_xml parsejson pi pow punycode_from_string punycode_to_string radians range regex_quote
    repeat replace replace_regex replace_string replace_strings reverse round set_difference set_equals
    set_has_element set_intersect set_union sign sin split sqrt startofday startofmonth startofweek startofyear
    strcat strcat_array strcat_delim strcmp string_size strlen strrep substring tan tobool toboolean todatetime
    todecimal todouble todynamic tofloat toguid tohex toint tolong tolower toobject toreal tostring totime totimespan
    toupper translate treepath trim trim_end trim_start unicode_codepoints_from_string unicode_codepoints_to_string
    unixtime_microseconds_todatetime unixtime_milliseconds_todatetime unixtime_nanoseconds_todatetime
    unixtime_seconds_todatetime url_decode url_encode url_encode_component week_of_year weekofyear zip
    """.split(whereSeparator: { $0 == " " || $0 == "\n" }).map(String.init))
}

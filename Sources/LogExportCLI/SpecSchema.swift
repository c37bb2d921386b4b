// Made by scripts/generate from schemas/logexport-v1.schema.json.
// swift-format-ignore-file

/// The JSON Schema of specs, byte for byte.
let specSchema = #"""
{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "logexport-v1.schema.json",
  "title": "logexport spec, version 1",
  "description": "What must lie in the archive: which Log Analytics tables, over which time range, kept how long, in which blob containers, reachable from which networks.",
  "type": "object",
  "additionalProperties": false,
  "required": ["version", "name", "source", "destination", "tables"],
  "properties": {
    "version": {
      "description": "The version of this language. It grows only by addition.",
      "type": "integer",
      "const": 1
    },
    "name": {
      "description": "The archive's name: letters, digits, - and _, beginning with a letter or a digit, at most 64.",
      "anyOf": [
        { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$" },
        { "$ref": "#/$defs/substitution" }
      ]
    },
    "source": { "$ref": "#/$defs/source" },
    "range": { "$ref": "#/$defs/range" },
    "limits": { "$ref": "#/$defs/limits" },
    "destination": { "$ref": "#/$defs/destination" },
    "onChange": {
      "description": "What to do with slices that were exported with an earlier query: keep them and say so, or export them again (replace). Default: keep.",
      "anyOf": [{ "enum": ["keep", "replace"] }, { "$ref": "#/$defs/substitution" }],
      "default": "keep"
    },
    "tables": {
      "description": "The tables to export, each once: a bare name, or a mapping where anything differs from the defaults.",
      "type": "array",
      "minItems": 1,
      "items": { "anyOf": [{ "$ref": "#/$defs/tableName" }, { "$ref": "#/$defs/table" }] }
    },
    "retention": { "$ref": "#/$defs/retention" },
    "network": { "$ref": "#/$defs/network" },
    "access": { "$ref": "#/$defs/access" }
  },
  "dependentSchemas": {
    "network": { "properties": { "destination": { "required": ["resource"] } } },
    "access": {
      "properties": { "source": { "required": ["resource"] }, "destination": { "required": ["resource"] } }
    }
  },
  "$defs": {
    "substitution": {
      "description": "A text with ${env:NAME} or ${env:NAME:-default}, judged once it is replaced; $$ stands for one $.",
      "type": "string",
      "pattern": "\\$(\\$|\\{env:[A-Za-z_][A-Za-z0-9_]*(:-[^}]*)?\\})"
    },
    "duration": {
      "description": "A whole number above zero and a unit: 365d, 1h, 15m, 5s, 100ms, 1tick (100 ns).",
      "anyOf": [
        { "type": "string", "pattern": "^0*[1-9][0-9]*(d|h|m|s|ms|tick)$" },
        { "$ref": "#/$defs/substitution" }
      ]
    },
    "settleDuration": {
      "description": "A whole number and a unit: 3h, 90m; 0s for none.",
      "anyOf": [
        { "type": "string", "pattern": "^(0[dhms]|0*[1-9][0-9]*(d|h|m|s|ms|tick))$" },
        { "$ref": "#/$defs/substitution" }
      ]
    },
    "time": {
      "description": "A date or a time, UTC unless it names an offset: 2024-11-23, 2024-11-23T10:00:00Z, up to seven fraction digits.",
      "anyOf": [
        {
          "type": "string",
          "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\.[0-9]{1,7})?)?(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])?)?$"
        },
        { "$ref": "#/$defs/substitution" }
      ]
    },
    "timeOrNow": {
      "description": "A date or a time, or now.",
      "anyOf": [{ "const": "now" }, { "$ref": "#/$defs/time" }]
    },
    "url": {
      "description": "An absolute https URL; http only for this machine. Without user, query and fragment: credentials come from the environment.",
      "anyOf": [
        { "type": "string", "pattern": "^[Hh][Tt][Tt][Pp][Ss]://[^/?#@\\s]+(/[^?#\\s]*)?$" },
        {
          "type": "string",
          "pattern": "^[Hh][Tt][Tt][Pp]://(127\\.0\\.0\\.1|[Ll][Oo][Cc][Aa][Ll][Hh][Oo][Ss][Tt]|\\[::1\\])(:[0-9]+)?(/[^?#\\s]*)?$"
        },
        { "$ref": "#/$defs/substitution" }
      ]
    },
    "tableName": {
      "description": "A table's name in the workspace: letters, digits and _, not beginning with a digit.",
      "anyOf": [
        { "type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]*$" },
        { "$ref": "#/$defs/substitution" }
      ]
    },
    "container": {
      "description": "The container of a table's blobs. {table} is the table's name, lower-cased, _ as -. 3 to 63 of a-z, 0-9 and single hyphens; each table has one of its own. Default: logs-{table}.",
      "anyOf": [
        {
          "type": "string",
          "minLength": 3,
          "pattern": "^(\\{table\\}|[a-z0-9])((-?[a-z0-9])|(-?\\{table\\}))*$"
        },
        { "$ref": "#/$defs/substitution" }
      ]
    },
    "path": {
      "description": "A blob's path within its container. Tokens: {yyyy} {MM} {dd} {HH} {mm} {ss} of the slice's start, {table}, {start} and {end} as 20250101T000000Z, {ext}. It ends in .{ext} and must tell any two slices apart. Default: y={yyyy}/m={MM}/d={dd}/h={HH}/{table}_{start}_{end}.{ext}.",
      "anyOf": [
        {
          "type": "string",
          "pattern": "^(?!/)(?!.*//)(?!.*(^|/)\\.{1,2}/)(?!.*\\./)([^{}\\\\\\u0000-\\u001f\\u007f]|\\{(yyyy|MM|dd|HH|mm|ss|table|start|end)\\})+\\.\\{ext\\}$"
        },
        { "$ref": "#/$defs/substitution" }
      ]
    },
    "format": {
      "description": "The format of the blobs: one JSON object a line, one JSON array, CSV with a header, or Parquet. Default: ndjson.",
      "anyOf": [{ "enum": ["ndjson", "json", "csv", "parquet"] }, { "$ref": "#/$defs/substitution" }],
      "default": "ndjson"
    },
    "compression": {
      "description": "How the blobs are compressed, and in Parquet the pages, which alone may be snappy. Default: gzip, in Parquet zstd.",
      "anyOf": [{ "enum": ["none", "gzip", "zstd", "snappy"] }, { "$ref": "#/$defs/substitution" }]
    },
    "slice": {
      "description": "The width of a slice: it divides a day, or is a number of whole days. Default: 1h.",
      "$ref": "#/$defs/duration",
      "default": "1h"
    },
    "settle": {
      "description": "How long after its end a slice is left alone, because rows still come in. Default: 3h.",
      "$ref": "#/$defs/settleDuration",
      "default": "3h"
    },
    "days": {
      "description": "A length of whole days, best written as such: 30d.",
      "$ref": "#/$defs/duration"
    },
    "source": {
      "description": "Where the logs are.",
      "type": "object",
      "additionalProperties": false,
      "required": ["workspace"],
      "properties": {
        "workspace": {
          "description": "The workspace's id, a GUID.",
          "anyOf": [
            {
              "type": "string",
              "pattern": "^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$"
            },
            { "$ref": "#/$defs/substitution" }
          ]
        },
        "resource": {
          "description": "The workspace's Resource Manager id; where given, table plans and retention are read from it.",
          "anyOf": [
            {
              "type": "string",
              "pattern": "^/[Ss][Uu][Bb][Ss][Cc][Rr][Ii][Pp][Tt][Ii][Oo][Nn][Ss]/[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}/[^/]+/[-A-Za-z0-9_.()]+/[^/]+/[^/]+/[Ww][Oo][Rr][Kk][Ss][Pp][Aa][Cc][Ee][Ss]/[-A-Za-z0-9_.()]+$"
            },
            { "$ref": "#/$defs/substitution" }
          ]
        },
        "cloud": {
          "description": "The cloud whose hosts and sign-in authority are used. Default: public.",
          "anyOf": [
            { "enum": ["public", "usgovernment", "china", "emulator"] },
            { "$ref": "#/$defs/substitution" }
          ],
          "default": "public"
        },
        "endpoint": {
          "description": "Another query endpoint than the cloud's own; it needs --allow-host on the command line.",
          "$ref": "#/$defs/url"
        }
      }
    },
    "range": {
      "description": "The time range of every table that names none of its own, and how it is cut into slices.",
      "type": "object",
      "additionalProperties": false,
      "not": { "required": ["from", "last"] },
      "properties": {
        "from": { "description": "The range's start, inclusive. Either from or last.", "$ref": "#/$defs/time" },
        "last": { "description": "The range's length before its end. Either from or last.", "$ref": "#/$defs/duration" },
        "to": {
          "description": "The range's end, exclusive. Default: now.",
          "$ref": "#/$defs/timeOrNow",
          "default": "now"
        },
        "slice": { "description": "The width of a slice.", "$ref": "#/$defs/slice" },
        "settle": { "description": "How long after its end a slice is left alone.", "$ref": "#/$defs/settle" }
      }
    },
    "tableRange": {
      "description": "The table's own time range; what it leaves out is taken from the spec's.",
      "type": "object",
      "additionalProperties": false,
      "not": { "required": ["from", "last"] },
      "properties": {
        "from": { "description": "The range's start, inclusive. Either from or last.", "$ref": "#/$defs/time" },
        "last": { "description": "The range's length before its end. Either from or last.", "$ref": "#/$defs/duration" },
        "to": { "description": "The range's end, exclusive.", "$ref": "#/$defs/timeOrNow" }
      }
    },
    "limits": {
      "description": "What one response of the query service may hold; parts are cut to stay below.",
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "rows": {
          "description": "Rows of one response, 2 to 500000; an answer counts as whole only with fewer. Default: 500000.",
          "anyOf": [
            { "type": "integer", "minimum": 2, "maximum": 500000 },
            { "$ref": "#/$defs/substitution" }
          ],
          "default": 500000
        },
        "bytes": {
          "description": "Bytes of one response, decimal: 64MB, 500KB or a plain number; at most 64MB. Default: 64MB.",
          "anyOf": [
            { "type": "integer", "minimum": 1, "maximum": 64000000 },
            { "type": "string", "pattern": "^[0-9]+(B|kB|KB|MB|GB)$" },
            { "$ref": "#/$defs/substitution" }
          ],
          "default": "64MB"
        }
      }
    },
    "destination": {
      "description": "Where the archive lies, and how its blobs look. Exactly one of account, url and directory.",
      "type": "object",
      "additionalProperties": false,
      "oneOf": [{ "required": ["account"] }, { "required": ["url"] }, { "required": ["directory"] }],
      "properties": {
        "account": {
          "description": "A storage account's name: 3 to 24 lower-case letters and digits.",
          "anyOf": [{ "type": "string", "pattern": "^[a-z0-9]{3,24}$" }, { "$ref": "#/$defs/substitution" }]
        },
        "url": {
          "description": "A blob service's URL, where it is not an account of the cloud.",
          "$ref": "#/$defs/url"
        },
        "directory": {
          "description": "A directory, relative to the spec's own folder.",
          "type": "string",
          "minLength": 1
        },
        "resource": {
          "description": "The storage account's Resource Manager id, of the same account; network, access and retention are read and changed through it.",
          "anyOf": [
            {
              "type": "string",
              "pattern": "^/[Ss][Uu][Bb][Ss][Cc][Rr][Ii][Pp][Tt][Ii][Oo][Nn][Ss]/[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}/[^/]+/[-A-Za-z0-9_.()]+/[^/]+/[^/]+/[Ss][Tt][Oo][Rr][Aa][Gg][Ee][Aa][Cc][Cc][Oo][Uu][Nn][Tt][Ss]/[-A-Za-z0-9_.()]+$"
            },
            { "$ref": "#/$defs/substitution" }
          ]
        },
        "container": { "description": "The containers' names.", "$ref": "#/$defs/container", "default": "logs-{table}" },
        "path": {
          "description": "The blobs' paths.",
          "$ref": "#/$defs/path",
          "default": "y={yyyy}/m={MM}/d={dd}/h={HH}/{table}_{start}_{end}.{ext}"
        },
        "format": { "description": "The format of the blobs.", "$ref": "#/$defs/format" },
        "compression": { "description": "How the blobs are compressed.", "$ref": "#/$defs/compression" },
        "dynamic": {
          "description": "How dynamic values are written: as JSON within the JSON, or as the text that they came as. Default: nested.",
          "anyOf": [{ "enum": ["nested", "string"] }, { "$ref": "#/$defs/substitution" }],
          "default": "nested"
        },
        "nulls": {
          "description": "Whether a null is written or its member left out. Default: keep.",
          "anyOf": [{ "enum": ["keep", "omit"] }, { "$ref": "#/$defs/substitution" }],
          "default": "keep"
        },
        "parquet": { "description": "How Parquet is written.", "$ref": "#/$defs/parquet" },
        "manifest": {
          "description": "The manifest's container, which no table shares; its lock lies in a container named after it with -lock, so at most 58 characters. Default: export-manifest.",
          "anyOf": [
            { "type": "string", "minLength": 3, "maxLength": 58, "pattern": "^[a-z0-9](-?[a-z0-9])*$" },
            { "$ref": "#/$defs/substitution" }
          ],
          "default": "export-manifest"
        }
      }
    },
    "table": {
      "description": "A table and what differs from the defaults.",
      "type": "object",
      "additionalProperties": false,
      "required": ["name"],
      "properties": {
        "name": { "description": "The table's name.", "$ref": "#/$defs/tableName" },
        "columns": {
          "description": "The columns to keep, in this order; all of them where the key is missing.",
          "type": "array",
          "minItems": 1,
          "uniqueItems": true,
          "items": {
            "description": "A column's name: letters, digits and _, not beginning with a digit.",
            "anyOf": [
              { "type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]*$" },
              { "$ref": "#/$defs/substitution" }
            ]
          }
        },
        "where": {
          "description": "A KQL predicate over the table's own columns: one expression, without pipes, comments, ; and anything that reads other tables, the clock or chance.",
          "type": "string",
          "minLength": 1
        },
        "range": { "$ref": "#/$defs/tableRange" },
        "retention": {
          "description": "The table's interactive retention in whole days, where no resource tells.",
          "$ref": "#/$defs/days"
        },
        "plan": {
          "description": "The table's plan, where no resource tells.",
          "anyOf": [{ "enum": ["analytics", "basic", "auxiliary"] }, { "$ref": "#/$defs/substitution" }]
        },
        "slice": { "description": "The table's own width of a slice.", "$ref": "#/$defs/slice" },
        "settle": { "description": "The table's own settling time.", "$ref": "#/$defs/settle" },
        "container": { "description": "The table's own container.", "$ref": "#/$defs/container" },
        "path": { "description": "The table's own paths.", "$ref": "#/$defs/path" },
        "format": { "description": "The table's own format.", "$ref": "#/$defs/format" },
        "compression": { "description": "The table's own compression.", "$ref": "#/$defs/compression" },
        "parquet": { "description": "How the table's Parquet is written; what it leaves out is the destination's.", "$ref": "#/$defs/parquet" },
        "types": {
          "description": "Columns of Parquet by their names, and what each is in place of its own type: decimal(S) with S digits behind the point, 0 to 38, string, or microseconds of a datetime.",
          "type": "object",
          "propertyNames": { "pattern": "^[A-Za-z_][A-Za-z0-9_]*$" },
          "additionalProperties": {
            "anyOf": [
              { "type": "string", "pattern": "^(string|microseconds|decimal\\(([0-9]|[12][0-9]|3[0-8])\\))$" },
              { "$ref": "#/$defs/substitution" }
            ]
          }
        }
      }
    },
    "parquet": {
      "description": "How tables are written as Parquet, as far as no single column is meant.",
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "rowGroup": {
          "description": "What the columns of a row group may hold, which bounds the memory of a part, decimal: 1MB to 1GB. Default: 64 MiB.",
          "anyOf": [
            { "type": "integer", "minimum": 1000000, "maximum": 1000000000 },
            { "type": "string", "pattern": "^[0-9]+(B|kB|KB|MB|GB)$" },
            { "$ref": "#/$defs/substitution" }
          ],
          "default": 67108864
        },
        "datetime": {
          "description": "What a datetime is: a time in nanoseconds, one in microseconds, which drops the seventh digit, or text. Default: nanoseconds.",
          "anyOf": [{ "enum": ["nanoseconds", "microseconds", "string"] }, { "$ref": "#/$defs/substitution" }],
          "default": "nanoseconds"
        },
        "guid": {
          "description": "What a guid is: a UUID of 16 bytes, or text. Default: uuid.",
          "anyOf": [{ "enum": ["uuid", "string"] }, { "$ref": "#/$defs/substitution" }],
          "default": "uuid"
        }
      }
    },
    "retention": {
      "description": "The life of the exported blobs, as lifecycle and immutability policies count it, in whole days.",
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "deleteAfter": { "description": "When blobs are deleted.", "$ref": "#/$defs/days" },
        "coolAfter": { "description": "When blobs move to the cool tier; before what follows.", "$ref": "#/$defs/days" },
        "coldAfter": {
          "description": "When blobs move to the cold tier; after coolAfter, before archiveAfter.",
          "$ref": "#/$defs/days"
        },
        "archiveAfter": {
          "description": "When blobs move to the archive tier, where they cannot be read before they are brought back; before deleteAfter.",
          "$ref": "#/$defs/days"
        },
        "softDelete": {
          "description": "How long deleted blobs can be restored, 1d to 365d.",
          "$ref": "#/$defs/days"
        },
        "immutableFor": {
          "description": "How long blobs can be neither changed nor deleted, 1d to 146000d; at most deleteAfter.",
          "$ref": "#/$defs/days"
        },
        "locked": {
          "description": "Whether the immutability policies are locked, which cannot be undone; with immutableFor. Default: false.",
          "anyOf": [{ "type": "boolean" }, { "$ref": "#/$defs/substitution" }],
          "default": false
        }
      }
    },
    "network": {
      "description": "Who may reach the storage account.",
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "anonymousAccess": {
          "description": "Whether anyone may read without signing in. Default: false.",
          "anyOf": [{ "type": "boolean" }, { "$ref": "#/$defs/substitution" }],
          "default": false
        },
        "minTls": {
          "description": "The oldest version of TLS that is accepted. Default: \"1.2\", the highest that an account can be told to require.",
          "anyOf": [{ "enum": ["1.2", 1.2] }, { "$ref": "#/$defs/substitution" }],
          "default": "1.2"
        },
        "httpsOnly": {
          "description": "Whether plain HTTP is refused. Default: true.",
          "anyOf": [{ "type": "boolean" }, { "$ref": "#/$defs/substitution" }],
          "default": true
        },
        "sharedKey": {
          "description": "Whether the account's keys, and SAS signed with them, are accepted; neither checked nor changed where it is left out.",
          "anyOf": [{ "type": "boolean" }, { "$ref": "#/$defs/substitution" }]
        },
        "default": {
          "description": "What happens to callers that no rule names; deny where rules are given and this is not.",
          "anyOf": [{ "enum": ["allow", "deny"] }, { "$ref": "#/$defs/substitution" }]
        },
        "bypass": {
          "description": "Azure services that pass the rules; an empty list for none.",
          "type": "array",
          "uniqueItems": true,
          "items": {
            "description": "A group of services.",
            "anyOf": [{ "enum": ["AzureServices", "Logging", "Metrics"] }, { "$ref": "#/$defs/substitution" }]
          }
        },
        "allow": {
          "description": "The networks that may reach the account.",
          "type": "object",
          "additionalProperties": false,
          "properties": {
            "subnets": {
              "description": "Resource Manager ids of subnets with the Microsoft.Storage service endpoint.",
              "type": "array",
              "uniqueItems": true,
              "items": {
                "description": "A subnet's Resource Manager id.",
                "anyOf": [
                  {
                    "type": "string",
                    "pattern": "^/[Ss][Uu][Bb][Ss][Cc][Rr][Ii][Pp][Tt][Ii][Oo][Nn][Ss]/[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}/[^/]+/[-A-Za-z0-9_.()]+/[^/]+/[^/]+/[^/]+/[-A-Za-z0-9_.()]+/[Ss][Uu][Bb][Nn][Ee][Tt][Ss]/[-A-Za-z0-9_.()]+$"
                  },
                  { "$ref": "#/$defs/substitution" }
                ]
              }
            },
            "ips": {
              "description": "Public IPv4 addresses, or ranges up to /30.",
              "type": "array",
              "uniqueItems": true,
              "items": {
                "description": "An address, 203.0.113.10, or a range, 203.0.113.0/24.",
                "anyOf": [
                  {
                    "type": "string",
                    "pattern": "^[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}(/([1-9]|[12][0-9]|30))?$"
                  },
                  { "$ref": "#/$defs/substitution" }
                ]
              }
            },
            "others": {
              "description": "Whether rules that let others in stay (keep) or are removed (remove). Default: keep.",
              "anyOf": [{ "enum": ["keep", "remove"] }, { "$ref": "#/$defs/substitution" }],
              "default": "keep"
            }
          }
        },
        "manage": {
          "description": "Whether settings of the account that differ, retention included, are only reported (check: apply refuses) or also mended (enforce). Default: check.",
          "$ref": "#/$defs/manage"
        },
        "virtualNetwork": { "$ref": "#/$defs/virtualNetwork" }
      }
    },
    "manage": {
      "description": "Whether what differs is only reported (check) or also mended (enforce).",
      "anyOf": [{ "enum": ["check", "enforce"] }, { "$ref": "#/$defs/substitution" }],
      "default": "check"
    },
    "networkRange": {
      "description": "An IPv4 range that begins at its first address, /2 to /29: 10.20.0.0/24.",
      "anyOf": [
        {
          "type": "string",
          "pattern": "^[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}/([2-9]|1[0-9]|2[0-9])$"
        },
        { "$ref": "#/$defs/substitution" }
      ]
    },
    "networkName": {
      "description": "A name of up to 80 letters, digits, _, . and -.",
      "anyOf": [
        { "type": "string", "maxLength": 80, "pattern": "^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9_])?$" },
        { "$ref": "#/$defs/substitution" }
      ]
    },
    "virtualNetwork": {
      "description": "The network that the job runs in, checked or made as the account is.",
      "type": "object",
      "additionalProperties": false,
      "required": ["resource"],
      "properties": {
        "resource": {
          "description": "The virtual network's Resource Manager id.",
          "anyOf": [
            {
              "type": "string",
              "pattern": "^/[Ss][Uu][Bb][Ss][Cc][Rr][Ii][Pp][Tt][Ii][Oo][Nn][Ss]/[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}/[^/]+/[-A-Za-z0-9_.()]+/[^/]+/[^/]+/[Vv][Ii][Rr][Tt][Uu][Aa][Ll][Nn][Ee][Tt][Ww][Oo][Rr][Kk][Ss]/[-A-Za-z0-9_.()]+$"
            },
            { "$ref": "#/$defs/substitution" }
          ]
        },
        "location": {
          "description": "The region that it is made in, such as westeurope.",
          "anyOf": [{ "type": "string", "pattern": "^[a-z0-9]+$" }, { "$ref": "#/$defs/substitution" }]
        },
        "addressSpace": {
          "description": "Ranges that must be part of its address space.",
          "type": "array",
          "minItems": 1,
          "uniqueItems": true,
          "items": { "$ref": "#/$defs/networkRange" }
        },
        "subnet": { "$ref": "#/$defs/subnet" },
        "securityGroup": { "$ref": "#/$defs/securityGroup" }
      }
    },
    "subnet": {
      "description": "The job's subnet, with the Microsoft.Storage service endpoint and the security group.",
      "type": "object",
      "additionalProperties": false,
      "required": ["name", "prefix"],
      "properties": {
        "name": { "description": "The subnet's name.", "$ref": "#/$defs/networkName" },
        "prefix": { "description": "Its range, within the address space.", "$ref": "#/$defs/networkRange" }
      }
    },
    "securityGroup": {
      "description": "The subnet's network security group and the rules that it must have; its other rules stay.",
      "type": "object",
      "additionalProperties": false,
      "required": ["resource"],
      "properties": {
        "resource": {
          "description": "The network security group's Resource Manager id.",
          "anyOf": [
            {
              "type": "string",
              "pattern": "^/[Ss][Uu][Bb][Ss][Cc][Rr][Ii][Pp][Tt][Ii][Oo][Nn][Ss]/[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}/[^/]+/[-A-Za-z0-9_.()]+/[^/]+/[^/]+/[Nn][Ee][Tt][Ww][Oo][Rr][Kk][Ss][Ee][Cc][Uu][Rr][Ii][Tt][Yy][Gg][Rr][Oo][Uu][Pp][Ss]/[-A-Za-z0-9_.()]+$"
            },
            { "$ref": "#/$defs/substitution" }
          ]
        },
        "rules": {
          "description": "Rules, each name once, each priority once in a direction.",
          "type": "array",
          "items": { "$ref": "#/$defs/securityRule" }
        }
      }
    },
    "securityRule": {
      "description": "A rule of the network security group.",
      "type": "object",
      "additionalProperties": false,
      "required": ["name", "priority", "direction", "access"],
      "properties": {
        "name": { "description": "The rule's name.", "$ref": "#/$defs/networkName" },
        "priority": {
          "description": "100 to 4096; the lowest counts first.",
          "anyOf": [{ "type": "integer", "minimum": 100, "maximum": 4096 }, { "$ref": "#/$defs/substitution" }]
        },
        "direction": {
          "description": "Whether it is for traffic into the subnet or out of it.",
          "anyOf": [{ "enum": ["inbound", "outbound"] }, { "$ref": "#/$defs/substitution" }]
        },
        "access": {
          "description": "Whether the traffic passes.",
          "anyOf": [{ "enum": ["allow", "deny"] }, { "$ref": "#/$defs/substitution" }]
        },
        "protocol": {
          "description": "The protocol of the traffic. Default: tcp.",
          "anyOf": [{ "enum": ["tcp", "udp", "icmp", "any"] }, { "$ref": "#/$defs/substitution" }],
          "default": "tcp"
        },
        "source": { "description": "Where the traffic comes from. Default: *.", "$ref": "#/$defs/trafficEnd" },
        "destination": { "description": "Where the traffic goes to. Default: *.", "$ref": "#/$defs/trafficEnd" },
        "ports": {
          "description": "Destination ports and ranges of them, or * alone. Default: *.",
          "type": "array",
          "minItems": 1,
          "uniqueItems": true,
          "items": {
            "description": "443, 8000-8010 or *.",
            "anyOf": [
              { "type": "integer", "minimum": 0, "maximum": 65535 },
              { "type": "string", "pattern": "^(\\*|[0-9]{1,5}(-[0-9]{1,5})?)$" },
              { "$ref": "#/$defs/substitution" }
            ]
          }
        }
      }
    },
    "trafficEnd": {
      "description": "An IPv4 address or range, a service tag such as Storage, or *.",
      "anyOf": [
        {
          "type": "string",
          "pattern": "^(\\*|[0-9]{1,3}(\\.[0-9]{1,3}){3}(/[0-9]{1,2})?|[A-Z][A-Za-z0-9.]*)$"
        },
        { "$ref": "#/$defs/substitution" }
      ],
      "default": "*"
    },
    "access": {
      "description": "The roles that the exporting identity needs: Storage Blob Data Contributor on the account, Log Analytics Data Reader on the workspace.",
      "type": "object",
      "additionalProperties": false,
      "required": ["principal"],
      "properties": {
        "principal": {
          "description": "The object id of the identity, a GUID.",
          "anyOf": [
            {
              "type": "string",
              "pattern": "^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$"
            },
            { "$ref": "#/$defs/substitution" }
          ]
        },
        "manage": {
          "description": "Whether missing roles are only reported (check: apply refuses) or also granted (enforce). Default: check.",
          "$ref": "#/$defs/manage"
        }
      }
    }
  }
}

"""#

using System.Globalization;
using System.Text.Json;
using Culvert.Platform.Telemetry;

namespace Culvert.Tunnel.Agent.Audit.Export;

/// <summary>A record for the collector. The body is the line, byte for byte, so that its chain can be checked.</summary>
internal static class CollectedRecord
{
    public const string Program = "tunnel-agent";
    public const string Scope = "Culvert.Calls";

    public static CollectorRecord Create(RecordLine line)
    {
        using var document = JsonDocument.Parse(line.Json);
        var record = document.RootElement;
        var type = record.Text("type");
        List<KeyValuePair<string, string>> attributes =
        [
            new("culvert.audit.event", type),
            new("culvert.audit.node", record.Text("agent")),
            new("culvert.audit.sequence", line.Sequence.ToString(CultureInfo.InvariantCulture)),
            new("culvert.audit.hash", line.Hash),
        ];
        Add(attributes, "culvert.route", record.Text("route"));
        Add(attributes, "culvert.decision", record.Text("decision"));
        Add(attributes, "mcp.method.name", record.Text("method"));
        return new CollectorRecord
        {
            At = record.Time(),
            EventName = type,
            Body = line.Json,
            Attributes = attributes,
            Severity = type is "lost" or "missing" or "head_missing" or "drift"
                ? CollectorRecord.Warning
                : CollectorRecord.Informational,
            Span = TraceContext.Read(record.Text("trace"), default),
        };
    }

    private static void Add(List<KeyValuePair<string, string>> attributes, string name, string value)
    {
        if (value.Length > 0)
        {
            attributes.Add(new(name, value));
        }
    }
}

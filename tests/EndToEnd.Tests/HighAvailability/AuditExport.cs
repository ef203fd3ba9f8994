using System.Text.Json;
using Culvert.Stage.Hops;

namespace Culvert.EndToEnd.Tests.HighAvailability;

/// <summary>The whole chain of every node, as the operator exports it, proved by <c>culvert audit verify</c>.</summary>
internal sealed class AuditExport
{
    private AuditExport(IReadOnlyDictionary<string, int> requests, int rows, IReadOnlySet<string> nodes) =>
        (Requests, Rows, Nodes) = (requests, rows, nodes);

    /// <summary>How many entries there are of each request.</summary>
    public IReadOnlyDictionary<string, int> Requests { get; }

    public int Rows { get; }

    /// <summary>Nodes with a chain.</summary>
    public IReadOnlySet<string> Nodes { get; }

    public static async Task<AuditExport> ReadAsync(Installation installation, CancellationToken cancellationToken)
    {
        var file = installation.Run.File("audit.jsonl");
        await installation.Operator.RunAsync("audit export", cancellationToken, "--out", file);
        await installation.Operator.RunAsync("audit verify", cancellationToken, file);
        var (requests, rows) = (new Dictionary<string, int>(StringComparer.Ordinal), 0);
        var nodes = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var line in File.ReadLinesAsync(file, cancellationToken))
        {
            rows++;
            using var entry = JsonDocument.Parse(line);
            nodes.Add(entry.RootElement.GetProperty("node").GetString()!);
            if (entry.RootElement.GetProperty("body").GetString() is not { } text)
            {
                continue;
            }

            using var body = JsonDocument.Parse(text);
            if (body.RootElement.GetProperty("request_id").GetString() is { } request)
            {
                requests[request] = requests.GetValueOrDefault(request) + 1;
            }
        }

        return new AuditExport(requests, rows, nodes);
    }
}

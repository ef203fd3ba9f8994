using System.Text.Json.Nodes;

namespace Culvert.Identity.Cli.Tests.Harness;

/// <summary>One request as it came over the wire.</summary>
internal sealed record RecordedRequest(
    string Method,
    string Target,
    IReadOnlyDictionary<string, string> Headers,
    string Body
)
{
    public JsonNode? Json => Body.Length == 0 ? null : JsonNode.Parse(Body);

    public override string ToString() => $"{Method} {Target}";
}

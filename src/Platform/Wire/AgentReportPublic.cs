using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>How a route's names are certified by a public CA: what their CAA records must say (RFC 8657).</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AgentReportPublic
{
    /// <summary>Names that are to be certified: under the tunnel's domain, and custom ones.</summary>
    [JsonPropertyName("names")]
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>By this name the CA goes in CAA records; null: neither its directory nor the agent's file says.</summary>
    [JsonPropertyName("issuer")]
    public required string? Issuer { get; init; }

    /// <summary>The URI of the agent's account at the CA; null until it has one.</summary>
    [JsonPropertyName("account")]
    public required string? Account { get; init; }
}

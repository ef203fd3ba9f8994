using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>The certification of a route's names by a public CA, for their CAA records (RFC 8657).</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AgentReportPublic
{
    /// <summary>Names to certify: below the tunnel's domain, and custom ones.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>The CA's name in CAA records; null: neither its directory nor the agent's file has one.</summary>
    public required string? Issuer { get; init; }

    /// <summary>The URI of the agent's account at the CA; null until it has one.</summary>
    public required string? Account { get; init; }
}

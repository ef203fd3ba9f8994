using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>The certification of a route's names by a public CA, for their CAA records (RFC 8657).</summary>
/// <param name="Names">Names to certify: below the tunnel's domain, and custom ones.</param>
/// <param name="Issuer">The CA's name in CAA records; null: neither its directory nor the agent's file has one.</param>
/// <param name="Account">The URI of the agent's account at the CA; null until it has one.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AgentReportPublic(IReadOnlyList<string> Names, string? Issuer, string? Account);

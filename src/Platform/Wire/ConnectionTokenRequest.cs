using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>Body of <c>POST /v1/agent/connection_tokens</c>: whose token for the upstream of which route.</summary>
/// <param name="Route">Name of the route.</param>
/// <param name="Issuer">Issuer of the caller's token.</param>
/// <param name="Subject">Subject of the caller's token.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ConnectionTokenRequest(string Route, string Issuer, string Subject);

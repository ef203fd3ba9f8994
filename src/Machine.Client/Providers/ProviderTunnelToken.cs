using System.Text.Json.Serialization;

namespace Culvert.Machine.Client.Providers;

/// <summary>The credential of a connector. Any holder can run the tunnel.</summary>
public sealed record ProviderTunnelToken(string Id, [property: JsonPropertyName("tunnel_token")] string Token)
{
    // Never prints the token.
    public override string ToString() => $"{nameof(ProviderTunnelToken)} {Id}";
}

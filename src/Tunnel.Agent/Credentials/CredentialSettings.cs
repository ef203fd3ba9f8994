using Culvert.Platform.Secrets;

namespace Culvert.Tunnel.Agent.Credentials;

/// <summary>A route's <c>credentials</c>.</summary>
internal sealed record CredentialSettings
{
    public static readonly CredentialSettings None = new() { Type = CredentialType.None };

    public required CredentialType Type { get; init; }

    /// <summary>Of a static credential.</summary>
    public string Header { get; init; } = "Authorization";

    /// <summary>Of a static credential: sent as it is, read again at each use.</summary>
    public SecretReference? Value { get; init; }

    /// <summary>Where tokens come from, for the types that get one.</summary>
    public TokenSettings? Token { get; init; }
}

using Culvert.Machine.Client.Access;
using Culvert.Platform.Certificates;

namespace Culvert.Machine.Client.Credentials;

/// <summary>How a credential manager works.</summary>
public sealed record CredentialManagerOptions
{
    public required IdentityOptions Identity { get; init; }

    /// <summary>Whether inner-TLS certificates come from the service (agents; false in manual mode).</summary>
    public bool ServerCertificates { get; init; }

    /// <summary>The kind of key of inner-TLS certificates. Platform certificates are always on P-256.</summary>
    public KeyType ServerKeyType { get; init; } = KeyType.EcdsaP256;

    /// <summary>How long a poll waits for a change. 1 s to 30 s, default 30 s; the service may bound it further.</summary>
    public TimeSpan FeedWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How old the kept feed may be at a start. Default 24 h, the default grace of edges (S10).</summary>
    public TimeSpan MaxFeedAge { get; init; } = TimeSpan.FromHours(24);
}

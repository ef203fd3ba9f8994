using Culvert.Machine.Client.Access;
using Culvert.Platform.Certificates;

namespace Culvert.Machine.Client.Credentials;

public sealed record CredentialManagerOptions
{
    public required IdentityOptions Identity { get; init; }

    /// <summary>Whether the service issues inner-TLS certificates (agents; false in manual mode).</summary>
    public bool ServerCertificates { get; init; }

    /// <summary>Key type of inner-TLS certificates. Platform certificates always use P-256.</summary>
    public KeyType ServerKeyType { get; init; } = KeyType.EcdsaP256;

    /// <summary>How long a poll waits for a change. 1 s to 30 s, default 30 s; the service may shorten it.</summary>
    public TimeSpan FeedWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Maximum age of the stored feed at a start. Default 24 h, the default grace of edges (S10).</summary>
    public TimeSpan MaxFeedAge { get; init; } = TimeSpan.FromHours(24);
}

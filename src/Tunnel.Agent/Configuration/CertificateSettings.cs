using System.Security.Authentication;

namespace Culvert.Tunnel.Agent.Configuration;

/// <summary>The inner-TLS leaf: from the service, or from watched files.</summary>
internal sealed record CertificateSettings
{
    public required bool FromFiles { get; init; }

    /// <summary>The type of the keys that the agent generates.</summary>
    public required Platform.Certificates.KeyType KeyType { get; init; }

    /// <summary>The leaf, then its chain without the root; empty unless <see cref="FromFiles"/>.</summary>
    public required string CertificateFile { get; init; }

    public required string KeyFile { get; init; }

    /// <summary>The TLS versions of inner TLS.</summary>
    public required SslProtocols Protocols { get; init; }
}

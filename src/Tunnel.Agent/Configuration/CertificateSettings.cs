using System.Security.Authentication;

namespace Culvert.Tunnel.Agent.Configuration;

/// <summary>The inner-TLS leaf: from the service, or from watched files.</summary>
internal sealed record CertificateSettings
{
    public required bool FromFiles { get; init; }

    public required Platform.Certificates.KeyType KeyType { get; init; }

    /// <summary>The leaf, then its chain without the root; empty unless <see cref="FromFiles"/>.</summary>
    public required string CertificateFile { get; init; }

    public required string KeyFile { get; init; }

    public required SslProtocols Protocols { get; init; }
}

using System.Security.Authentication;

namespace Culvert.Tunnel.Agent.Configuration;

/// <summary>The inner-TLS leaf: from the service, or from files that are watched.</summary>
internal sealed record CertificateSettings
{
    public required bool FromFiles { get; init; }

    /// <summary>Of keys the agent makes for itself.</summary>
    public required Platform.Certificates.KeyType KeyType { get; init; }

    /// <summary>The leaf, then its chain without the root; empty unless <see cref="FromFiles"/>.</summary>
    public required string CertificateFile { get; init; }

    public required string KeyFile { get; init; }

    /// <summary>What inner TLS may negotiate.</summary>
    public required SslProtocols Protocols { get; init; }
}

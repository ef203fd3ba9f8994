using System.Security.Cryptography.X509Certificates;
using Culvert.Platform.Addresses;
using Culvert.Platform.Secrets;

namespace Culvert.Tunnel.Agent.Credentials;

/// <summary>Where and how the agent gets tokens for an upstream: <c>credentials.token</c>.</summary>
internal sealed record TokenSettings
{
    public required string Url { get; init; }

    public required string ClientId { get; init; }

    public ClientAuth ClientAuth { get; init; }

    /// <summary>PEM, its owner's alone: for a signed assertion, or for TLS.</summary>
    public string ClientKeyFile { get; init; } = "";

    /// <summary>PEM, for TLS.</summary>
    public string ClientCertificateFile { get; init; } = "";

    public SecretReference? ClientSecret { get; init; }

    /// <summary>The upstream, as the authorization server knows it.</summary>
    public required string Audience { get; init; }

    public string Scope { get; init; } = "";

    /// <summary>Of an exchange: whether the agent names itself as the one who acts.</summary>
    public bool Act { get; init; } = true;

    /// <summary>The only roots that may vouch for the endpoint; the system's when null.</summary>
    public X509Certificate2Collection? Roots { get; init; }

    /// <summary>Private addresses that the endpoint may have.</summary>
    public AddressRanges AllowedRanges { get; init; } = AddressRanges.Empty;
}

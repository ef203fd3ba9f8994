using System.Security.Cryptography.X509Certificates;
using Culvert.Platform.Addresses;
using Culvert.Platform.Secrets;

namespace Culvert.Tunnel.Agent.Credentials;

/// <summary>The section <c>credentials.token</c>: where and how the agent gets tokens for an upstream.</summary>
internal sealed record TokenSettings
{
    public required string Url { get; init; }

    public required string ClientId { get; init; }

    public ClientAuth ClientAuth { get; init; }

    /// <summary>PEM, readable only by its owner: for a signed assertion, or for TLS.</summary>
    public SecretReference? ClientKeyFile { get; init; }

    /// <summary>PEM, for TLS.</summary>
    public string ClientCertificateFile { get; init; } = "";

    public SecretReference? ClientSecret { get; init; }

    /// <summary>Where the assertion of a federated client comes from.</summary>
    public AssertionOrigin AssertionOrigin { get; init; }

    /// <summary>The <c>aud</c> of the assertion of a federated client.</summary>
    public string AssertionAudience { get; init; } = "";

    /// <summary>Exchanges of the token for another one (RFC 8693), one after the other.</summary>
    public IReadOnlyList<TokenSettings> Then { get; init; } = [];

    /// <summary>The authorization server's name of the upstream.</summary>
    public required string Audience { get; init; }

    public string Scope { get; init; } = "";

    /// <summary>Whether the agent names itself as the actor of an exchange.</summary>
    public bool Act { get; init; } = true;

    /// <summary>The only trusted roots of the endpoint; null = the system's.</summary>
    public X509Certificate2Collection? Roots { get; init; }

    public AddressRanges AllowedRanges { get; init; } = AddressRanges.Empty;
}

using System.Security.Cryptography.X509Certificates;
using Culvert.Jose.Algorithms;
using Culvert.Platform.Addresses;

namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>One entry of <c>issuers</c>: an authorization server whose tokens routes may accept.</summary>
internal sealed record IssuerSettings
{
    /// <summary>The key in the configuration.</summary>
    public required string Name { get; init; }

    /// <summary>A digest of all that the file says of it; empty for none.</summary>
    public string Origin { get; init; } = "";

    /// <summary>The exact <c>iss</c>: compared byte for byte, never normalised.</summary>
    public required string Issuer { get; init; }

    /// <summary>Where its keys lie; empty = its metadata says so.</summary>
    public string KeysUrl { get; init; } = "";

    /// <summary>The only roots that may vouch for its servers; null = the system's.</summary>
    public X509Certificate2Collection? Roots { get; init; }

    /// <summary>The file of <see cref="Roots"/>; empty for the system's.</summary>
    public string CaFile { get; init; } = "";

    /// <summary>Private addresses that may be fetched from (S27).</summary>
    public AddressRanges AllowedRanges { get; init; } = AddressRanges.Empty;

    /// <summary>Never empty, and asymmetric by construction: no symmetric one exists here.</summary>
    public JwsAlgorithms Algorithms { get; init; } = JwsAlgorithms.ES256 | JwsAlgorithms.RS256 | JwsAlgorithms.PS256;

    /// <summary>The <c>typ</c> values accepted (RFC 9068 §2.1). A token without <c>typ</c> counts as <c>JWT</c>.</summary>
    public IReadOnlyList<string> Types { get; init; } = ["at+jwt"];

    /// <summary>Whether its tokens may lack a <c>kid</c> while it has exactly one key.</summary>
    public bool AllowMissingKid { get; init; }

    /// <summary>For clocks that differ, at most 60 s.</summary>
    public TimeSpan Leeway { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the last good keys serve; after that, 503.</summary>
    public TimeSpan KeysStaleFor { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Whether the file says the same of both, the file of roots included.</summary>
    public bool IsAs(IssuerSettings other) =>
        Name == other.Name
        && Origin == other.Origin
        && (Roots ?? []).Select(r => r.Thumbprint).SequenceEqual((other.Roots ?? []).Select(r => r.Thumbprint));
}

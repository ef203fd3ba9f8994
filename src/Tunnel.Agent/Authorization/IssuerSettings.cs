using System.Security.Cryptography.X509Certificates;
using Culvert.Jose.Algorithms;
using Culvert.Platform.Addresses;

namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>An entry of <c>issuers</c>: an authorization server whose tokens routes may accept.</summary>
internal sealed record IssuerSettings
{
    /// <summary>
    /// The name by which routes accept the service as authorization server, unless the file has an entry of this name.
    /// </summary>
    public const string ServiceName = "culvert";

    public required string Name { get; init; }

    /// <summary>Whether issuer and keys come from the feed; <see cref="Issuer"/> is then empty.</summary>
    public bool IsFed { get; init; }

    /// <summary>A digest of the entry's section; empty without one.</summary>
    public string Origin { get; init; } = "";

    /// <summary>The exact <c>iss</c>: compared byte for byte, never normalised.</summary>
    public required string Issuer { get; init; }

    /// <summary>The URL of the keys; empty = as in the issuer's metadata.</summary>
    public string KeysUrl { get; init; } = "";

    /// <summary>The only trusted roots of its servers; null = the system's.</summary>
    public X509Certificate2Collection? Roots { get; init; }

    public string CaFile { get; init; } = "";

    /// <summary>Private addresses that the agent may fetch from (S27).</summary>
    public AddressRanges AllowedRanges { get; init; } = AddressRanges.Empty;

    /// <summary>Never empty; only asymmetric algorithms exist here.</summary>
    public JwsAlgorithms Algorithms { get; init; } = JwsAlgorithms.ES256 | JwsAlgorithms.RS256 | JwsAlgorithms.PS256;

    /// <summary>The accepted <c>typ</c> values (RFC 9068 §2.1). A token without <c>typ</c> counts as <c>JWT</c>.</summary>
    public IReadOnlyList<string> Types { get; init; } = ["at+jwt"];

    /// <summary>Whether tokens may lack a <c>kid</c> while the issuer has exactly one key.</summary>
    public bool AllowMissingKid { get; init; }

    /// <summary>The tolerance for clocks that differ, at most 60 s.</summary>
    public TimeSpan Leeway { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the last good keys are used; after that, 503.</summary>
    public TimeSpan KeysStaleFor { get; init; } = TimeSpan.FromHours(24);

    /// <summary>The claims of its tokens that rules may compare, besides <c>sub</c> and <c>client_id</c>.</summary>
    public IReadOnlyList<string> Claims { get; init; } = [];

    /// <summary>Returns the service as authorization server. Its tokens have one type and one algorithm (RFC 9068 §2.1).</summary>
    public static IssuerSettings CreateFed() =>
        new()
        {
            Name = ServiceName,
            Issuer = "",
            Origin = ServiceName,
            IsFed = true,
            Algorithms = JwsAlgorithms.ES256,
        };

    /// <summary>Whether both have the same configuration, the content of the CA file included.</summary>
    public bool IsAs(IssuerSettings other) =>
        Name == other.Name
        && Origin == other.Origin
        && (Roots ?? []).Select(r => r.Thumbprint).SequenceEqual((other.Roots ?? []).Select(r => r.Thumbprint));
}

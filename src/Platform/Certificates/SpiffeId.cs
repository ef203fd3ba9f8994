using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Culvert.Platform.Certificates;

/// <summary>
/// The SPIFFE ID (§2) in a platform certificate's URI SAN, in one of three fixed forms (S3, S6). Anything else does not
/// parse, so that a new form cannot be mistaken for an old one.
/// </summary>
public sealed record SpiffeId
{
    private const string Scheme = "spiffe://";

    // SPIFFE-ID §2.3: no more than 2048 bytes; §2.1: the trust domain no more than 255.
    private const int MaxLength = 2048;
    private const int MaxTrustDomainLength = 255;

    private static readonly SearchValues<char> TrustDomainCharacters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyz0123456789.-_"
    );

    // SPIFFE-ID §2.2
    private static readonly SearchValues<char> SegmentCharacters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_"
    );

    private SpiffeId(string trustDomain, SpiffeKind kind, string name)
    {
        TrustDomain = trustDomain;
        Kind = kind;
        Name = name;
    }

    public string TrustDomain { get; }

    public SpiffeKind Kind { get; }

    /// <summary>The agent's organization; null for edge and service.</summary>
    public string? OrganizationId { get; private init; }

    /// <summary>The agent's tunnel; null for edge and service.</summary>
    public string? TunnelId { get; private init; }

    /// <summary>The agent's instance id, the edge's id, or the service's node.</summary>
    public string Name { get; }

    /// <exception cref="ArgumentException">A part is not valid in a SPIFFE ID.</exception>
    public static SpiffeId Agent(string trustDomain, string organizationId, string tunnelId, InstanceId instance) =>
        Checked($"{Scheme}{trustDomain}/o/{organizationId}/t/{tunnelId}/agent/{instance}");

    /// <exception cref="ArgumentException">A part is not valid in a SPIFFE ID.</exception>
    public static SpiffeId Edge(string trustDomain, string edgeId) => Checked($"{Scheme}{trustDomain}/edge/{edgeId}");

    /// <exception cref="ArgumentException">A part is not valid in a SPIFFE ID.</exception>
    public static SpiffeId Service(string trustDomain, string node) => Checked($"{Scheme}{trustDomain}/service/{node}");

    /// <summary>
    /// The subject of an assertion for an upstream: a route, of which every agent of the tunnel speaks. It is in no
    /// certificate, and does not parse. The tunnel's own domain, <c>@</c>, is <c>_</c>, which no other route is named.
    /// </summary>
    public static string Route(string trustDomain, string tunnelId, string route) =>
        $"{Scheme}{trustDomain}/tunnel/{tunnelId}/route/{(route == "@" ? "_" : route)}";

    /// <summary>Whether a string may be a trust domain: 1 to 255 of <c>a-z 0-9 . - _</c>.</summary>
    public static bool IsTrustDomain(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= MaxTrustDomainLength && !text.ContainsAnyExcept(TrustDomainCharacters);

    public static bool TryParse(string? text, [NotNullWhen(true)] out SpiffeId? id)
    {
        id = null;
        if (
            text is null
            || text.Length > MaxLength
            || !text.StartsWith(Scheme, StringComparison.Ordinal)
            || text[Scheme.Length..].Split('/') is not [var trustDomain, .. var path]
            || !IsTrustDomain(trustDomain)
            || !Array.TrueForAll(path, IsSegment)
        )
        {
            return false;
        }

        id = path switch
        {
            ["o", var organization, "t", var tunnel, "agent", var instance] when InstanceId.TryParse(instance, out _) =>
                new SpiffeId(trustDomain, SpiffeKind.Agent, instance)
                {
                    OrganizationId = organization,
                    TunnelId = tunnel,
                },
            ["edge", var edge] => new SpiffeId(trustDomain, SpiffeKind.Edge, edge),
            ["service", var node] => new SpiffeId(trustDomain, SpiffeKind.Service, node),
            _ => null,
        };
        return id is not null;
    }

    public override string ToString() =>
        Kind switch
        {
            SpiffeKind.Agent => $"{Scheme}{TrustDomain}/o/{OrganizationId}/t/{TunnelId}/agent/{Name}",
            SpiffeKind.Edge => $"{Scheme}{TrustDomain}/edge/{Name}",
            _ => $"{Scheme}{TrustDomain}/service/{Name}",
        };

    private static SpiffeId Checked(string text) =>
        TryParse(text, out var id) && id.ToString() == text
            ? id
            : throw new ArgumentException($"'{text}' is not an identity of this platform.");

    private static bool IsSegment(string segment) =>
        segment is not ("" or "." or "..") && !segment.AsSpan().ContainsAnyExcept(SegmentCharacters);
}

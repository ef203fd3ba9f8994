using Culvert.Ca.Certificates;
using Culvert.Ca.Keys;

namespace Culvert.Ca.Authorities;

internal sealed record AuthoritySubject
{
    /// <summary>The authority first, then each issuer. A trust anchor is checked alone.</summary>
    public required IReadOnlyList<ParsedCertificate> Chain { get; init; }

    public required DateTimeOffset Now { get; init; }

    /// <summary>Service-held authorities: the key that the service generated.</summary>
    public SubjectPublicKey? OurKey { get; init; }

    /// <summary>Service-held authorities: lifetime of the certificates that the authority will issue.</summary>
    public TimeSpan? LeafLife { get; init; }

    /// <summary>Service-held authorities: the DNS names that the authority will certify.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    public Func<ParsedCertificate, bool> IsPublic { get; init; } = _ => false;

    /// <summary>The certificate of the service's key, anywhere in the chain; else the first certificate.</summary>
    public ParsedCertificate Own =>
        (OurKey is { } key ? Chain.FirstOrDefault(one => one.PublicKey?.IsSameKey(key) == true) : null) ?? Chain[0];

    public string Place(int index) => Chain.Count == 1 ? "" : $" (certificate {index + 1} of {Chain.Count})";
}

using Culvert.Ca.Certificates;
using Culvert.Ca.Keys;

namespace Culvert.Ca.Authorities;

/// <summary>The input of the checks on an authority.</summary>
internal sealed record AuthoritySubject
{
    /// <summary>The authority first, each issuer after it. A trust anchor is checked alone.</summary>
    public required IReadOnlyList<ParsedCertificate> Chain { get; init; }

    /// <summary>Moment of the check.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>Service-held authorities: the key that we made.</summary>
    public SubjectPublicKey? OurKey { get; init; }

    /// <summary>Service-held authorities: how long the certificates live that it will issue.</summary>
    public TimeSpan? LeafLife { get; init; }

    /// <summary>Service-held authorities: the DNS names that it will certify.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Returns whether a key belongs to a publicly trusted authority.</summary>
    public Func<ParsedCertificate, bool> IsPublic { get; init; } = _ => false;

    /// <summary>The certificate of the key that we made, wherever it is in the chain; of a key elsewhere the first.</summary>
    public ParsedCertificate Own =>
        (OurKey is { } key ? Chain.FirstOrDefault(one => one.PublicKey?.IsSameKey(key) == true) : null) ?? Chain[0];

    /// <summary>Names a certificate in a message, when there is more than one.</summary>
    public string Place(int index) => Chain.Count == 1 ? "" : $" (certificate {index + 1} of {Chain.Count})";
}

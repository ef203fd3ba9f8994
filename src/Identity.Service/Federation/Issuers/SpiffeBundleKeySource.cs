using System.Text;
using Culvert.Identity.Service.Events;
using Culvert.Jose.Keys;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>
/// A SPIFFE trust bundle (SPIFFE Trust Domain and Bundle §4): fetched by the https_web profile (SPIFFE Federation
/// §5.2.1), or configured manually. Its keys of use <c>jwt-svid</c> verify JWT-SVIDs of that trust domain alone.
/// </summary>
/// <param name="TrustDomain">Without the scheme.</param>
/// <param name="Url">Where the bundle is fetched from; null if <paramref name="BundleJson"/> is configured.</param>
/// <param name="CaPem">The only roots accepted for the URL's server; null = public roots.</param>
/// <param name="BundleJson">The configured bundle, compact; null if it is fetched.</param>
/// <param name="Keys">The configured bundle's keys, imported.</param>
internal sealed record SpiffeBundleKeySource(
    string TrustDomain,
    string? Url,
    string? CaPem,
    string? BundleJson,
    JwkSet? Keys
) : KeySource
{
    public const string TypeName = "spiffe_bundle";

    public override string Type => TypeName;

    public override string? CaCertificatePem => CaPem;

    public override JwkSet? ConfiguredKeys => Keys;

    public bool Equals(SpiffeBundleKeySource? other) =>
        other is not null
        && (other.TrustDomain, other.Url, other.CaPem, other.BundleJson) == (TrustDomain, Url, CaPem, BundleJson);

    public override int GetHashCode() => HashCode.Combine(TrustDomain, Url, CaPem, BundleJson);

    protected override AuditData Members =>
        [
            ("trust_domain", TrustDomain),
            .. AuditData.Optional("url", Url),
            .. AuditData.Optional("ca_cert_pem", CaPem),
            .. BundleJson is null
                ? AuditData.Empty
                : [("bundle", new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(BundleJson)))],
        ];
}

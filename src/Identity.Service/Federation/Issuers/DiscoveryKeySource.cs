using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>OpenID Connect Discovery 1.0 §4: the issuer's own document names its key set.</summary>
/// <param name="Base">Where the document is fetched from, instead of the issuer's URL.</param>
/// <param name="KeySetHost">
/// The only other host, with port unless 443, that the document's <c>jwks_uri</c> may name; null = only the hosts of
/// issuer and base.
/// </param>
internal sealed record DiscoveryKeySource(string? Base, string? CaPem, string? KeySetHost = null) : KeySource
{
    public const string TypeName = "discovery";

    public override string Type => TypeName;

    public override string? CaCertificatePem => CaPem;

    protected override AuditData Members =>
        [
            .. AuditData.Optional("discovery_base", Base),
            .. AuditData.Optional("jwks_host", KeySetHost),
            .. AuditData.Optional("ca_cert_pem", CaPem),
        ];
}

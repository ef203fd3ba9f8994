using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>The key set is at this URL; the issuer's own URL is never dialled.</summary>
internal sealed record UrlKeySource(string Url, string? CaPem) : KeySource
{
    public const string TypeName = "explicit_url";

    public override string Type => TypeName;

    public override string? CaCertificatePem => CaPem;

    protected override AuditData Members => [("url", Url), .. AuditData.Optional("ca_cert_pem", CaPem)];
}

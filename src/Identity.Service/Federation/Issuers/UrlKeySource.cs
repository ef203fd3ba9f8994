using System.Text.Json;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>The key set is at this URL; the issuer's own URL is never dialled.</summary>
internal sealed record UrlKeySource(string Url, string? CaPem) : KeySource
{
    public const string TypeName = "explicit_url";

    public override string Type => TypeName;

    public override string? CaCertificatePem => CaPem;

    protected override void WriteMembers(Utf8JsonWriter json)
    {
        json.WriteString("url", Url);
        json.WriteOptional("ca_cert_pem", CaPem);
    }
}

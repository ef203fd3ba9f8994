using System.Text.Json;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>OpenID Connect Discovery 1.0 §4: the issuer's own document names its key set.</summary>
/// <param name="Base">Where the document is looked for instead of the issuer's URL.</param>
internal sealed record DiscoveryKeySource(string? Base, string? CaPem) : KeySource
{
    public const string TypeName = "discovery";

    public override string Type => TypeName;

    public override string? CaCertificatePem => CaPem;

    protected override void WriteMembers(Utf8JsonWriter json)
    {
        WriteOptional(json, "discovery_base", Base);
        WriteOptional(json, "ca_cert_pem", CaPem);
    }
}

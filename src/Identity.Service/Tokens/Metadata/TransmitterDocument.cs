namespace Culvert.Identity.Service.Tokens.Metadata;

/// <summary>OpenID Shared Signals Framework 1.0 §7.1: an organization as a transmitter of security event tokens.</summary>
internal sealed record TransmitterDocument(
    string SpecVersion,
    string Issuer,
    string JwksUri,
    IReadOnlyList<string> DeliveryMethodsSupported
)
{
    public static TransmitterDocument Create(string publicUrl, string organizationId) =>
        new(
            SpecVersion: "1_0",
            Issuer: OrganizationIssuer.GetUrl(publicUrl, organizationId),
            JwksUri: publicUrl + MetadataEndpoints.KeySetPath,
            DeliveryMethodsSupported: ["urn:ietf:rfc:8935"]
        );
}

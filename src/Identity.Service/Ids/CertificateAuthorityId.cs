namespace Culvert.Identity.Service.Ids;

internal readonly record struct CertificateAuthorityId : IIdentifier<CertificateAuthorityId>
{
    private CertificateAuthorityId(string value) => Value = value;

    public static string Prefix => "ca";

    public string Value { get; }

    public static CertificateAuthorityId Wrap(string value) => new(value);

    public static CertificateAuthorityId New() => Identifier.New<CertificateAuthorityId>();

    public static bool TryParse(string? text, out CertificateAuthorityId id) => Identifier.TryParse(text, out id);

    public override string ToString() => Value;
}

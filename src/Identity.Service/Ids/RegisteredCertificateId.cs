namespace Culvert.Identity.Service.Ids;

internal readonly record struct RegisteredCertificateId : IIdentifier<RegisteredCertificateId>
{
    private RegisteredCertificateId(string value) => Value = value;

    public static string Prefix => "tcrt";

    public string Value { get; }

    public static RegisteredCertificateId Wrap(string value) => new(value);

    public static RegisteredCertificateId New() => Identifier.New<RegisteredCertificateId>();

    public static bool TryParse(string? text, out RegisteredCertificateId id) => Identifier.TryParse(text, out id);

    public override string ToString() => Value;
}

namespace Culvert.Identity.Service.Ids;

/// <summary>An issued certificate: <c>cert_01</c> and 22 base-62 characters.</summary>
internal readonly record struct CertificateId : IIdentifier<CertificateId>
{
    private CertificateId(string value) => Value = value;

    public static string Prefix => "cert";

    public string Value { get; }

    public static CertificateId Wrap(string value) => new(value);

    public static CertificateId New() => Identifier.New<CertificateId>();

    /// <summary>Ids grow with time, so that the inventory's index grows only at its end.</summary>
    public static CertificateId New(DateTimeOffset now) => new(Identifier.NewOrdered(Prefix, now));

    public static bool TryParse(string? text, out CertificateId id) => Identifier.TryParse(text, out id);

    public override string ToString() => Value;
}

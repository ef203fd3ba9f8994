namespace Culvert.Ca.Linting;

internal static class CertificateLints
{
    /// <summary>In the order of RFC 5280 §4.</summary>
    public static IReadOnlyList<ICertificateLint> All { get; } =
    [
        new VersionIsThree(),
        new SerialNumberIsOurs(),
        new SignatureAlgorithmsAgree(),
        new IssuerIsCertifier(),
        new TimesAreWellEncoded(),
        new ValidityIsWithinProfile(),
        new SubjectIsOrdered(),
        new PublicKeyIsAccepted(),
        new ExtensionsAreKnownAndSingle(),
        new AuthorityKeyIdentifierIsIssuers(),
        new SubjectKeyIdentifierOfAuthority(),
        new KeyUsageIsProfiles(),
        new NamesAreGranted(),
        new DnsNamesAreWellFormed(),
        new BasicConstraintsAreProfiles(),
        new PathLengthIsHonoured(),
        new ExtendedKeyUsageIsProfiles(),
        new CrlDistributionPointIsOrdered(),
        new OcspResponderIsOrdered(),
        new OcspNoCheckIsResponders(),
    ];

    public static IReadOnlyList<string> Run(LintSubject subject)
    {
        List<string> broken = [];
        foreach (ICertificateLint lint in All)
        {
            if (!lint.Holds(subject))
            {
                broken.Add(lint.Name);
            }
        }

        return broken;
    }
}

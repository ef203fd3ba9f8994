namespace Culvert.Ca.Encoding;

/// <summary>Object identifiers, grouped by the document that assigns them.</summary>
internal static class Oids
{
    // RFC 5280 §4.2.1
    public const string SubjectKeyIdentifier = "2.5.29.14";
    public const string KeyUsage = "2.5.29.15";
    public const string SubjectAlternativeName = "2.5.29.17";
    public const string BasicConstraints = "2.5.29.19";
    public const string NameConstraints = "2.5.29.30";
    public const string CrlDistributionPoints = "2.5.29.31";
    public const string CertificatePolicies = "2.5.29.32";
    public const string PolicyMappings = "2.5.29.33";
    public const string AuthorityKeyIdentifier = "2.5.29.35";
    public const string PolicyConstraints = "2.5.29.36";
    public const string ExtendedKeyUsage = "2.5.29.37";
    public const string InhibitAnyPolicy = "2.5.29.54";
    public const string AuthorityInformationAccess = "1.3.6.1.5.5.7.1.1";

    // RFC 5280 §§5.2, 5.3
    public const string CrlNumber = "2.5.29.20";
    public const string CrlReason = "2.5.29.21";
    public const string InvalidityDate = "2.5.29.24";
    public const string DeltaCrlIndicator = "2.5.29.27";
    public const string IssuingDistributionPoint = "2.5.29.28";
    public const string CertificateIssuer = "2.5.29.29";

    // RFC 5280 §4.2.1.12
    public const string ServerAuth = "1.3.6.1.5.5.7.3.1";
    public const string ClientAuth = "1.3.6.1.5.5.7.3.2";

    // RFC 5280 §4.2.2.1, RFC 6960 §4.2.2.2
    public const string OcspAccess = "1.3.6.1.5.5.7.48.1";
    public const string OcspSigning = "1.3.6.1.5.5.7.3.9";
    public const string OcspNoCheck = "1.3.6.1.5.5.7.48.1.5";

    // RFC 3279 §2.1, RFC 5754 §2
    public const string Sha1 = "1.3.14.3.2.26";
    public const string Sha256 = "2.16.840.1.101.3.4.2.1";

    // [MS-WCCE], szOID_NT_PRINCIPAL_NAME
    public const string UserPrincipalName = "1.3.6.1.4.1.311.20.2.3";

    // X.520
    public const string CommonName = "2.5.4.3";

    // RFC 2985 §5.4.2
    public const string ExtensionRequest = "1.2.840.113549.1.9.14";

    // RFC 8017 appendix A.1, RFC 5480 §2.1.1
    public const string RsaEncryption = "1.2.840.113549.1.1.1";
    public const string EcPublicKey = "1.2.840.10045.2.1";
    public const string P256 = "1.2.840.10045.3.1.7";
    public const string P384 = "1.3.132.0.34";
    public const string P521 = "1.3.132.0.35";
}

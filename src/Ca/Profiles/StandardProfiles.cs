namespace Culvert.Ca.Profiles;

/// <summary>The profiles of an installation (security.md S3, S6, S10, S11), with the options' default lifetimes.</summary>
public static class StandardProfiles
{
    private static readonly IReadOnlyList<string> LeafKeys = ["ecdsa-p256", "ecdsa-p384"];

    /// <summary>Inner TLS under a tunnel's authority. At most 90 d: operators forget longer-lived certificates.</summary>
    public static CertificateProfileOptions Server(TimeSpan life) =>
        new()
        {
            Name = "server",
            KeyAlgorithms = ["ecdsa-p256", "ecdsa-p384", "rsa-2048", "rsa-3072", "rsa-4096"],
            DefaultLife = life,
            MaxLife = TimeSpan.FromDays(90),
            ExtendedKeyUsages = ["server_auth"],
            NameKinds = ["dns"],
        };

    public static CertificateProfileOptions Agent(TimeSpan life) =>
        new()
        {
            Name = "agent",
            KeyAlgorithms = LeafKeys,
            DefaultLife = life,
            ExtendedKeyUsages = ["client_auth"],
            NameKinds = ["uri"],
        };

    /// <summary>An edge's platform certificate: it serves agents and calls the service.</summary>
    public static CertificateProfileOptions Edge(TimeSpan life) =>
        new()
        {
            Name = "edge",
            KeyAlgorithms = LeafKeys,
            DefaultLife = life,
            ExtendedKeyUsages = ["server_auth", "client_auth"],
            NameKinds = ["uri", "dns"],
        };

    /// <summary>The service's own certificates on its two API ports.</summary>
    public static CertificateProfileOptions Service(TimeSpan life) =>
        new()
        {
            Name = "service",
            KeyAlgorithms = LeafKeys,
            DefaultLife = life,
            ExtendedKeyUsages = ["server_auth"],
            NameKinds = ["uri", "dns", "ip"],
        };

    /// <summary>The trial leaf of a new tunnel authority: valid for seconds, and its key is discarded.</summary>
    public static CertificateProfileOptions Trial() =>
        Server(TimeSpan.FromSeconds(10)) with
        {
            Name = "trial",
            MaxLife = TimeSpan.FromMinutes(1),
        };

    /// <summary>
    /// Signs OCSP answers for one authority. Verifiers do not check its revocation, so it lives for a day and its key never
    /// leaves the process.
    /// </summary>
    public static CertificateProfileOptions OcspResponder() =>
        new()
        {
            Name = "ocsp-responder",
            KeyAlgorithms = ["ecdsa-p256"],
            DefaultLife = TimeSpan.FromDays(1),
            MaxLife = TimeSpan.FromDays(1),
            ExtendedKeyUsages = ["ocsp_signing"],
        };

    /// <summary>The platform root: 10 years, issues only issuing authorities.</summary>
    public static CertificateProfileOptions PlatformRoot() =>
        new()
        {
            Name = "platform-root",
            KeyAlgorithms = ["ecdsa-p384"],
            DefaultLife = TimeSpan.FromDays(3652),
            MaxLife = TimeSpan.FromDays(3653),
            IsAuthority = true,
        };

    /// <summary>A platform issuing authority: 90 days, issues only leaves.</summary>
    public static CertificateProfileOptions PlatformIssuing() =>
        new()
        {
            Name = "platform-issuing",
            DefaultLife = TimeSpan.FromDays(90),
            MaxLife = TimeSpan.FromDays(90),
            IsAuthority = true,
            PathLength = 0,
        };
}

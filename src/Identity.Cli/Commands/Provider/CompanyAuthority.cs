using System.Security.Cryptography.X509Certificates;
using Culvert.Identity.Cli.Hosting;
using Culvert.Platform.Certificates;

namespace Culvert.Identity.Cli.Commands.Provider;

/// <summary>A CA certificate of the company that the provider's clients should trust.</summary>
/// <param name="Pem">Only the certificate.</param>
/// <param name="Fingerprint">Its SHA-256, lower-case hex.</param>
/// <param name="NotAfter">Its last second.</param>
/// <param name="IsKept">An existing registration stays, because its last certificates are in use, but it is not registered
/// again.</param>
internal sealed record CompanyAuthority(string Pem, string Fingerprint, DateTimeOffset NotAfter, bool IsKept = false)
{
    // The provider's limit.
    private const int MaxPemCharacters = 8 * 1024;

    /// <summary>Reads a PEM text of exactly one certificate. A private key in it never leaves this machine.</summary>
    public static CompanyAuthority Read(string pem, string where)
    {
        if (pem.Contains("PRIVATE KEY", StringComparison.Ordinal))
        {
            throw Bad("it contains a private key", "name a file with the certificate alone; nothing was sent");
        }

        if (!CertificatePem.TryRead(pem, out var found) || found.Count != 1)
        {
            var advice = found is null ? CertificateText.Explain(pem) : null;
            throw Bad(
                advice?.Meaning ?? "it is not the PEM text of exactly one certificate",
                advice?.Command ?? "name the CA that signs server certificates directly"
            );
        }

        var certificate = found[0];
        var alone = certificate.ExportCertificatePem();
        return alone.Length > MaxPemCharacters
            ? throw Bad("its certificate is longer than 8 kB", "use a CA certificate with fewer extensions")
            : new CompanyAuthority(alone, GetFingerprint(certificate), certificate.NotAfter.ToUniversalTime());

        CommandFailure Bad(string problem, string next) =>
            new(ExitCode.Configuration, $"the CA certificate cannot be registered: {problem}")
            {
                Where = where,
                Next = next,
            };
    }

    private static string GetFingerprint(X509Certificate2 certificate) =>
        CertificateNames.Fingerprint(certificate).Replace(":", "", StringComparison.Ordinal).ToLowerInvariant();
}

using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.Platform.Certificates;

/// <summary>Bounded reading and writing of certificates as PEM (RFC 7468).</summary>
public static class CertificatePem
{
    private const int MaxCharacters = 256 * 1024;
    private const int MaxCertificates = 64;

    /// <summary>Every certificate in the text, in order; false when there are none or too many, or other content.</summary>
    public static bool TryRead(string? pem, [NotNullWhen(true)] out IReadOnlyList<X509Certificate2>? certificates)
    {
        certificates = null;
        if (pem is null || pem.Length > MaxCharacters)
        {
            return false;
        }

        var found = new List<X509Certificate2>();
        var rest = pem.AsSpan();
        try
        {
            while (PemEncoding.TryFind(rest, out var fields))
            {
                if (rest[fields.Label] is not "CERTIFICATE" || found.Count == MaxCertificates)
                {
                    return false;
                }

                var der = Convert.FromBase64String(rest[fields.Base64Data].ToString());
                found.Add(X509CertificateLoader.LoadCertificate(der));
                rest = rest[fields.Location.End..];
            }
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            return false;
        }

        certificates = found;
        return found.Count > 0;
    }

    /// <summary>The certificates as concatenated PEM, each ending with a line feed.</summary>
    public static string Write(IEnumerable<X509Certificate2> certificates) =>
        string.Concat(certificates.Select(c => c.ExportCertificatePem() + "\n"));
}

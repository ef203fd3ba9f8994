using System.Security.Cryptography.X509Certificates;
using Culvert.Platform.Certificates;
using Culvert.Platform.Configuration;

namespace Culvert.Platform.Net;

public static class CertificateFileKeys
{
    /// <summary>The PEM text of the file; null when it cannot be used, which is reported as an error of the key.</summary>
    public static string? ReadCertificates(this ConfigSection section, string key, string file, string remedy)
    {
        try
        {
            var pem = File.ReadAllText(file);
            if (CertificatePem.TryRead(pem, out _))
            {
                return pem;
            }

            if (CertificateText.Explain(pem) is { } advice)
            {
                section.Error(key, advice.Meaning, $"Run: {advice.Command}");
            }
            else
            {
                section.Error(key, "The file contains no PEM certificate.", remedy);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            section.Error(key, $"The file cannot be read: {e.Message}", remedy);
        }

        return null;
    }

    /// <summary>The certificates of the file; null when the key is absent, or after reporting an error.</summary>
    public static X509Certificate2Collection? ReadRoots(
        this ConfigSection section,
        string key,
        string file,
        string remedy
    )
    {
        if (file.Length == 0 || section.ReadCertificates(key, file, remedy) is not { } pem)
        {
            return null;
        }

        var roots = new X509Certificate2Collection();
        roots.ImportFromPem(pem);
        return roots;
    }
}

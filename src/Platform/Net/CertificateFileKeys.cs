using System.Security.Cryptography.X509Certificates;
using Culvert.Platform.Certificates;
using Culvert.Platform.Configuration;

namespace Culvert.Platform.Net;

/// <summary>Reads the files of certificates that configuration keys name.</summary>
public static class CertificateFileKeys
{
    /// <summary>The PEM text of the file; null when it cannot be used, which is then reported for the key.</summary>
    /// <param name="section">The section that has the key.</param>
    /// <param name="key">The key that names the file.</param>
    /// <param name="file">The file.</param>
    /// <param name="remedy">Which file to name instead.</param>
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

    /// <summary>The certificates of the file; null when the key names none, or one that cannot be used, which is reported.</summary>
    /// <param name="section">The section that has the key.</param>
    /// <param name="key">The key that names the file.</param>
    /// <param name="file">The file; empty when the key is absent.</param>
    /// <param name="remedy">Which file to name instead.</param>
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

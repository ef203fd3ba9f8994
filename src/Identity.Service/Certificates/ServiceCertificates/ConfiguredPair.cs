using Culvert.Platform.Certificates;
using Culvert.Platform.Secrets;

namespace Culvert.Identity.Service.Certificates.ServiceCertificates;

/// <summary>8443's certificate pair from files; read again when either file changes.</summary>
internal sealed class ConfiguredPair(CertificatePair files)
{
    private (DateTimeOffset? Certificate, DateTimeOffset? Key)? seen;

    /// <summary>The pair when it changed since the last call (and at the first), else null.</summary>
    /// <exception cref="CertificateUnusableException">The files do not hold a certificate and its key.</exception>
    public KeyAndCertificate? ReadIfChanged()
    {
        var present = (LinkedFile.FindWriteTime(files.CertificateFile), LinkedFile.FindWriteTime(files.KeyFile));
        if (present == seen)
        {
            return null;
        }

        // The two files are replaced one after the other: a pair that does not match is read again at the next check.
        var pair = KeyAndCertificate.FromPem(File.ReadAllText(files.CertificateFile), File.ReadAllText(files.KeyFile));
        seen = present;
        return pair;
    }
}

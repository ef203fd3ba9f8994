using Culvert.Identity.Service.Certificates.ServiceCertificates;
using Culvert.Platform.Configuration;

namespace Culvert.Identity.Service.Configuration;

internal static class ApiCertificateSection
{
    public static CertificatePair? Read(ConfigSection api)
    {
        var tls = api.Section("tls");
        var (certificate, key) = (tls.Path("certificate_file"), tls.Path("key_file"));
        if (certificate.Length == 0 != (key.Length == 0))
        {
            tls.Error(
                certificate.Length == 0 ? "certificate_file" : "key_file",
                "Certificate and key belong together.",
                "Set both, or neither to use the platform CA."
            );
        }

        return certificate.Length > 0 && key.Length > 0 ? new CertificatePair(certificate, key) : null;
    }
}

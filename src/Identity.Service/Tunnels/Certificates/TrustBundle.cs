using System.Text;

namespace Culvert.Identity.Service.Tunnels.Certificates;

internal static class TrustBundle
{
    /// <summary>Every anchor once, newest first, with its issuers, for clients that need a self-signed root.</summary>
    public static string Join(IReadOnlyList<RegisteredCertificate> live)
    {
        var text = new StringBuilder();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (
            var pem in live.SelectMany(certificate => new[] { certificate.CertificatePem, certificate.IssuersPem })
        )
        {
            if (pem.Length > 0 && seen.Add(pem))
            {
                text.Append(pem.TrimEnd('\n')).Append('\n');
            }
        }

        return text.ToString();
    }
}

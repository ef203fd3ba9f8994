using System.Security.Cryptography.X509Certificates;
using Culvert.Identity.Service.Hosting;
using Culvert.Platform.Certificates;

namespace Culvert.Identity.Service.Tunnels.ClientAuthorities;

/// <summary>Whether a certificate may vouch for clients, and whether its patterns name any. Pure.</summary>
internal static class ClientAuthorityCheck
{
    public const int MaxIdentities = 32;

    // RFC 5280 §4.2.1.12
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private const string AnyUsage = "2.5.29.37.0";

    /// <summary>The certificate, or the refusal that says what is wrong with it.</summary>
    public static TunnelResult<X509Certificate2> Certificate(string pem, DateTimeOffset now)
    {
        if (!CertificatePem.TryRead(pem, out var certificates) || certificates.Count != 1)
        {
            return Bad("one certificate in PEM, and nothing else, is required.");
        }

        var certificate = certificates[0];
        if (!certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(c => c.CertificateAuthority))
        {
            return Bad("it is no certificate authority (basicConstraints).");
        }

        if (
            certificate
                .Extensions.OfType<X509KeyUsageExtension>()
                .Any(u => !u.KeyUsages.HasFlag(X509KeyUsageFlags.KeyCertSign))
        )
        {
            return Bad("its key may not sign certificates (keyUsage).");
        }

        var usages = certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().FirstOrDefault()?.EnhancedKeyUsages;
        if (
            usages is not null
            && !usages.Cast<System.Security.Cryptography.Oid>().Any(u => u.Value is ClientAuthentication or AnyUsage)
        )
        {
            return Bad("it may not vouch for TLS clients (extendedKeyUsage).");
        }

        return certificate.NotAfter.ToUniversalTime() <= now.UtcDateTime ? Bad("it has expired.") : certificate;
    }

    /// <summary>The refusal of a list of patterns; null = it is well.</summary>
    public static Refusal? Identities(IReadOnlyList<string?> identities)
    {
        if (identities.Count is 0 or > MaxIdentities)
        {
            return TunnelErrors.ClientIdentity.Refuse($"identities: 1 to {MaxIdentities} patterns are required.");
        }

        foreach (var identity in identities)
        {
            if (!ClientIdentityPattern.TryParse(identity, out _) || identities.Count(i => i == identity) > 1)
            {
                return TunnelErrors.ClientIdentity.Refuse(
                    $"identities: '{(identity is { Length: > 64 } ? identity[..64] : identity)}' is no pattern, or there twice."
                );
            }
        }

        return null;
    }

    private static Refusal Bad(string detail) => TunnelErrors.ClientAuthority.Refuse("ca_certificate_pem: " + detail);
}

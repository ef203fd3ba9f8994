using System.Security.Cryptography.X509Certificates;
using Culvert.Ca.Authorities;
using Culvert.Ca.Certificates;
using Culvert.Ca.Refusals;
using Culvert.Identity.Service.Errors;
using Culvert.Platform.Certificates;

namespace Culvert.Identity.Service.Tunnels.ClientAuthorities;

/// <summary>Checks a CA certificate for clients and its patterns. Pure.</summary>
internal static class ClientAuthorityCheck
{
    public const int MaxIdentities = 32;

    /// <summary>The certificate, or the refusal that describes the problem.</summary>
    public static Result<X509Certificate2> Certificate(
        string pem,
        DateTimeOffset now,
        Func<ParsedCertificate, bool> isPublic
    )
    {
        var check = AuthorityRegistration.CheckClientAnchor(pem, now, isPublic);
        return check.Succeeded ? X509CertificateLoader.LoadCertificate(check.Value.Encoded.Span)
            // A private key has its own error code, which raises the alarm.
            : check.Refusal.Code.Code == CaErrorCodes.CaSecretInInput.Code ? check.Refusal.ToRefusal()
            : TunnelErrors.ClientAuthority.Refuse("ca_certificate_pem: " + check.Refusal.Explain(pem).Message);
    }

    /// <summary>The refusal of a list of patterns; null = it is valid.</summary>
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
                    $"identities: '{(identity is { Length: > 64 } ? identity[..64] : identity)}' is not a pattern, or is listed twice."
                );
            }
        }

        return null;
    }
}

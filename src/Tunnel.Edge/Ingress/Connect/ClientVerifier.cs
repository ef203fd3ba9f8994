using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Culvert.Platform.Certificates;
using Culvert.Tunnel.Edge.Routing;
using Culvert.Tunnel.Protocol.Frames;

namespace Culvert.Tunnel.Edge.Ingress.Connect;

/// <summary>Authenticates a client of one tunnel (S22): chain to the tunnel's client CAs, key usage, name. Pure.</summary>
internal static class ClientVerifier
{
    // RFC 5280 §4.2.1.12
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <summary>Returns the identity for the first CA, pattern and name that match; null = not authenticated.</summary>
    public static ClientIdentity? Verify(
        PresentedCertificate? presented,
        IReadOnlyList<ClientAuthority> authorities,
        DateTimeOffset now
    )
    {
        if (presented is null || authorities.Count == 0)
        {
            return null;
        }

        try
        {
            using var leaf = X509CertificateLoader.LoadCertificate(presented.Leaf);
            X509Certificate2Collection above =
            [
                .. presented.Intermediates.Select(der => X509CertificateLoader.LoadCertificate(der)),
            ];
            return IsClient(leaf) ? Match(leaf, above, authorities, now) : null;
        }
        catch (CryptographicException)
        {
            return null; // OpenSSL parsed it in the handshake, but .NET cannot
        }
    }

    private static ClientIdentity? Match(
        X509Certificate2 leaf,
        X509Certificate2Collection above,
        IReadOnlyList<ClientAuthority> authorities,
        DateTimeOffset now
    )
    {
        var names = ClientName.ReadAll(leaf);
        foreach (var authority in authorities)
        {
            // The name first: it is cheap, and most certificates match only one of several CAs.
            var name = names.FirstOrDefault(n => authority.Identities.Any(i => i.Matches(n)));
            if (name is not null && VouchesFor(authority, leaf, above, now))
            {
                return new ClientIdentity
                {
                    CertificateAuthorityId = authority.Id,
                    CertificateSha256 = SHA256.HashData(leaf.RawDataMemory.Span),
                    MatchedName = name.ToString(),
                };
            }
        }

        return null;
    }

    /// <summary>Whether a chain leads from the leaf to exactly this certificate; what is above it does not matter.</summary>
    private static bool VouchesFor(
        ClientAuthority authority,
        X509Certificate2 leaf,
        X509Certificate2Collection above,
        DateTimeOffset now
    )
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.AllowUnknownCertificateAuthority;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        chain.ChainPolicy.CustomTrustStore.Add(authority.Certificate);
        chain.ChainPolicy.ExtraStore.Add(authority.Certificate);
        chain.ChainPolicy.ExtraStore.AddRange(above);
        if (!chain.Build(leaf))
        {
            return false;
        }

        var anchor = authority.Certificate.RawDataMemory.Span;
        for (var i = 1; i < chain.ChainElements.Count; i++)
        {
            if (chain.ChainElements[i].Certificate.RawDataMemory.Span.SequenceEqual(anchor))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A certificate without an extended key usage is not accepted.</summary>
    private static bool IsClient(X509Certificate2 leaf) =>
        !leaf.Extensions.OfType<X509BasicConstraintsExtension>().Any(c => c.CertificateAuthority)
        && leaf.Extensions.OfType<X509EnhancedKeyUsageExtension>()
            .SelectMany(e => e.EnhancedKeyUsages.Cast<Oid>())
            .Any(u => u.Value == ClientAuthentication);
}

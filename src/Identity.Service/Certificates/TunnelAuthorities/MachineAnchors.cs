using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Culvert.Ca.Certificates;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>What the operating system of this node trusts: the public web's authorities, and what its owner added.</summary>
internal sealed class MachineAnchors : IPublicAnchors
{
    private readonly Lazy<FrozenSet<string>> keys = new(Read);

    public bool Holds(ParsedCertificate certificate) =>
        certificate.PublicKey is { } key && keys.Value.Contains(Hash(key.Encoded.Span));

    private static FrozenSet<string> Read()
    {
        using var store = new X509Store(StoreName.Root, StoreLocation.LocalMachine);
        store.Open(OpenFlags.ReadOnly);
        var certificates = store.Certificates;
        try
        {
            return certificates
                .Select(certificate => Hash(certificate.PublicKey.ExportSubjectPublicKeyInfo()))
                .ToFrozenSet(StringComparer.Ordinal);
        }
        finally
        {
            foreach (var certificate in certificates)
            {
                certificate.Dispose();
            }
        }
    }

    private static string Hash(ReadOnlySpan<byte> publicKey) => Convert.ToHexStringLower(SHA256.HashData(publicKey));
}

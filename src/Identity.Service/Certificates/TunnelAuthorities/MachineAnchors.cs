using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Culvert.Ca.Certificates;
using Culvert.Identity.Service.Tunnels.ClientAuthorities;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>
/// What this node's operating system trusts, with everything that those authorities certified. Authorities of the
/// public web are also recognized by their policies, at any depth below such a root.
/// </summary>
internal sealed class MachineAnchors : IPublicAnchors
{
    // A failure is not cached: the next call reads again.
    private readonly Lazy<Known> known;

    public MachineAnchors()
        : this(ReadSystem) { }

    /// <param name="read">DER of each trusted certificate.</param>
    internal MachineAnchors(Func<IReadOnlyList<byte[]>> read) =>
        known = new Lazy<Known>(() => Index(read()), LazyThreadSafetyMode.PublicationOnly);

    public bool Holds(ParsedCertificate certificate) =>
        certificate.IsOfPublicWeb
        || certificate.PublicKey is { } key
            && (
                known.Value.Keys.Contains(key.Sha256)
                || known.Value.ByName[ToKey(certificate.Issuer.Encoded)].Any(anchor => IsFrom(certificate, anchor))
            );

    private static bool IsFrom(ParsedCertificate certificate, ParsedCertificate anchor) =>
        anchor.PublicKey is { } key && certificate.IsSignedBy(key);

    private static Known Index(IReadOnlyList<byte[]> encoded)
    {
        // A certificate that the parser refuses is refused from an uploader too; its key still counts.
        var parsed = encoded.Select(der => ParsedCertificate.TryParse(der)).OfType<ParsedCertificate>();
        return new Known(
            encoded.Select(HashOfKey).OfType<string>().ToFrozenSet(StringComparer.Ordinal),
            parsed.ToLookup(certificate => ToKey(certificate.Subject.Encoded), StringComparer.Ordinal)
        );
    }

    private static string? HashOfKey(byte[] der)
    {
        using var certificate = X509CertificateLoader.LoadCertificate(der);
        return Convert.ToHexStringLower(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));
    }

    private static string ToKey(ReadOnlyMemory<byte> name) => Convert.ToHexString(name.Span);

    private static List<byte[]> ReadSystem()
    {
        using var store = new X509Store(StoreName.Root, StoreLocation.LocalMachine);
        store.Open(OpenFlags.ReadOnly);
        var certificates = store.Certificates;
        try
        {
            return [.. certificates.Select(certificate => certificate.RawData)];
        }
        finally
        {
            foreach (var certificate in certificates)
            {
                certificate.Dispose();
            }
        }
    }

    private sealed record Known(FrozenSet<string> Keys, ILookup<string, ParsedCertificate> ByName);
}

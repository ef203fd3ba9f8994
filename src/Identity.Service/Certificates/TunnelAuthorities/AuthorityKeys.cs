using System.Collections.Concurrent;
using System.Security.Cryptography;
using Culvert.Ca.Issuance;
using Culvert.Ca.Keys;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Storage.Sealing;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>Seals new keys of tunnels' authorities and holds those in use open.</summary>
internal sealed class AuthorityKeys(ISealer sealer)
{
    // Part of a sealed value's associated data: renaming them would close every stored key.
    private const string Table = "certificate_authorities";
    private const string Column = "sealed_key";

    private readonly ConcurrentDictionary<string, SigningAuthority> open = new(StringComparer.Ordinal);

    public byte[] Seal(CertificateAuthorityId id, IssuerKey key) =>
        key.UsePkcs8(pkcs8 => sealer.Seal(Table, id.Value, Column, pkcs8));

    /// <summary>The authority's key; the caller disposes of it.</summary>
    public IssuerKey Open(TunnelAuthority authority)
    {
        var pkcs8 = sealer.Unseal(Table, authority.Id.Value, Column, authority.SealedKey!);
        try
        {
            return IssuerKey.Import(pkcs8);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }

    /// <summary>Makes the key unusable for good; why that was not possible, or null.</summary>
    public string? Destroy(TunnelAuthority authority)
    {
        // The sealed bytes vanish with the record's column.
        if (open.TryRemove(authority.Id.Value, out var signing))
        {
            signing.Key.Dispose();
        }

        return null;
    }

    /// <summary>An authority with its chain, ready to sign. Opened once per process: unsealing costs more than signing.</summary>
    public SigningAuthority Use(TunnelAuthority authority) =>
        open.GetOrAdd(
            authority.Id.Value,
            static (_, state) => state.Self.Load(state.Authority),
            (Self: this, Authority: authority)
        );

    private SigningAuthority Load(TunnelAuthority authority)
    {
        var chain = AuthorityChains.Read(authority);
        return new SigningAuthority
        {
            CaId = authority.Id.Value,
            Issuer = Issuer.FromChain(chain),
            Key = Open(authority),
            // The leaf is signed by the registered certificate itself; sent with what lies between it and the root,
            // so that clients with and without partial chains verify (design §11).
            ChainPem = string.Concat(chain.Take(chain.Count - 1).Select(certificate => certificate.ToPem())),
        };
    }
}

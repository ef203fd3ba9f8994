using System.Collections.Concurrent;
using System.Security.Cryptography;
using Culvert.Ca.Keys;
using Culvert.Ca.Keys.Pkcs11;
using Culvert.Ca.Orders;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Hsm;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Sealing;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>Creates, seals, imports and destroys keys of tunnels' authorities, and caches those in use.</summary>
internal sealed class AuthorityKeys(Sealer sealer, InstallationHsm hsm)
{
    /// <summary>Label prefix of keys that the service creates; keys with other labels are never destroyed.</summary>
    public const string LabelPrefix = "culvert-ca-";

    // Part of a sealed value's associated data: after a change, no stored key could be opened.
    private const string Table = "certificate_authorities";
    private const string Column = "sealed_key";

    private readonly ConcurrentDictionary<string, SigningAuthority> open = new(StringComparer.Ordinal);

    public byte[] Seal(CertificateAuthorityId id, IssuerKey key) =>
        key.UsePkcs8(pkcs8 => sealer.Seal(Table, id.Value, Column, pkcs8));

    /// <summary>
    /// Finds or creates the key with that label, so that an interrupted registration continues. The caller disposes of
    /// it.
    /// </summary>
    /// <exception cref="Pkcs11Exception">The HSM refused, or the key is not usable.</exception>
    public IssuerKey MakeInToken(string label)
    {
        if (hsm.Token.OpenIssuer(label) is { } existing)
        {
            return existing;
        }

        // Created under a label that is never searched: a key created too late is removed, and must not have been used.
        var made = hsm.Token.GenerateUnder(label + ".", KeyAlgorithm.EcdsaP256);
        try
        {
            hsm.Token.Rename(made, label);
        }
        catch (Pkcs11Exception fault) when (!fault.IsLate)
        {
            hsm.Token.Destroy(made);
            throw;
        }

        return hsm.Token.OpenIssuer(label)
            ?? throw new StoreException($"The token did not create a key labelled {label}.");
    }

    /// <summary>The caller disposes of the key. An unavailable HSM is noticed only at the signature.</summary>
    public IssuerKey Open(TunnelAuthority authority)
    {
        if (authority.KeyLabel is { } label)
        {
            return hsm.Token.CreateIssuerKey(label, SubjectPublicKey.TryParse(authority.PublicKey)!);
        }

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

    /// <summary>Makes the key permanently unusable; returns the reason for a failure, or null.</summary>
    public string? Destroy(TunnelAuthority authority)
    {
        // The sealed bytes are deleted with the record's column.
        if (authority.KeyLabel is { } label && label.StartsWith(LabelPrefix, StringComparison.Ordinal))
        {
            try
            {
                hsm.Token.Destroy(label);
            }
            catch (Exception fault) when (fault is Pkcs11Exception or StoreException)
            {
                return fault.Message;
            }
        }

        Close(authority);
        return null;
    }

    /// <summary>Removes the key from this process's cache. Every node has its own.</summary>
    public void Close(TunnelAuthority authority)
    {
        if (open.TryRemove(authority.Id.Value, out var signing))
        {
            signing.Key.Dispose();
        }
    }

    /// <summary>An authority with its chain, cached per process, because unsealing costs more than signing.</summary>
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
            // Sent with the certificates up to the root, so that clients with and without partial chains verify (design
            // §11).
            ChainPem = string.Concat(chain.Take(chain.Count - 1).Select(certificate => certificate.ToPem())),
        };
    }
}

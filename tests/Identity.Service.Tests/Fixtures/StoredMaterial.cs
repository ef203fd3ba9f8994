using System.Collections.Concurrent;
using System.Data.Common;
using System.Security.Cryptography;
using Culvert.Ca.Certificates;
using Culvert.Ca.Keys;
using Culvert.Ca.Revocation;
using Culvert.Ca.Tests.SecondOpinion;
using Culvert.Identity.Service.Storage;
using Dapper;
using Org.BouncyCastle.Pkcs;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>
/// What a service made and accepted while a test ran, read from its store at the end by a parser that shares nothing with
/// ours: certificates, revocation lists, signing requests.
/// </summary>
internal static class StoredMaterial
{
    // The newest of each kind: a test of thousands repeats itself.
    private const int Most = 100;

    // The installation that every service starts from is the same: what it holds is verified once.
    private static readonly ConcurrentDictionary<(string Certificate, string? Issuer), bool> Checked = new();

    public static async Task CheckAsync(Database database)
    {
        try
        {
            await using var connection = await database.OpenReadAsync(CancellationToken.None);
            await CheckAsync(connection);
        }
        catch (Exception fault) when (fault is DbException or StoreException or ObjectDisposedException)
        {
            // The test broke or locked its store: there is nothing to read.
        }
    }

    private static async Task CheckAsync(DbConnection connection)
    {
        var authorities = await AuthoritiesAsync(connection);
        foreach (var authority in authorities)
        {
            Check(authority, IssuerOf(authority)?.PublicKey);
        }

        foreach (
            var encoded in await connection.QueryAsync<byte[]>(
                $"SELECT certificate FROM certificates WHERE certificate IS NOT NULL ORDER BY ordinal DESC LIMIT {Most}"
            )
        )
        {
            // Tests of the store alone put other bytes there.
            if (ParsedCertificate.TryParse(encoded) is { } certificate)
            {
                Check(certificate, IssuerOf(certificate)?.PublicKey);
            }
        }

        foreach (
            var encoded in await connection.QueryAsync<byte[]>(
                $"SELECT list FROM revocation_lists WHERE list IS NOT NULL ORDER BY number DESC LIMIT {Most}"
            )
        )
        {
            if (
                ParsedRevocationList.TryParse(encoded) is { } list
                && authorities.Find(one => list.IsSignedBy(one)) is { PublicKey: { } key }
            )
            {
                SecondParser.Check(list, key);
            }
        }

        foreach (
            var pem in await connection.QueryAsync<string>(
                $"SELECT csr_pem FROM certificate_authorities WHERE csr_pem IS NOT NULL ORDER BY ordinal DESC LIMIT {Most}"
            )
        )
        {
            new Pkcs10CertificationRequest(DerOf(pem)).Verify().ShouldBeTrue();
        }

        // Authorities of one name and key identifier exist: the one whose key we believe made the signature.
        ParsedCertificate? IssuerOf(ParsedCertificate certificate) =>
            authorities.Find(one =>
                certificate.IsIssuedBy(one) && one.PublicKey is { } key && certificate.IsSignedBy(key)
            );
    }

    private static void Check(ParsedCertificate certificate, SubjectPublicKey? issuer)
    {
        var key = (Convert.ToHexString(SHA256.HashData(certificate.Encoded.Span)), issuer?.Sha256);
        if (!Checked.ContainsKey(key))
        {
            SecondParser.Check(certificate, issuer);
            Checked[key] = true;
        }
    }

    private static async Task<List<ParsedCertificate>> AuthoritiesAsync(DbConnection connection)
    {
        var platform = await connection.QueryAsync<byte[]>("SELECT certificate FROM platform_authorities");
        var chains = await connection.QueryAsync<string>(
            $"SELECT chain_pem FROM certificate_authorities WHERE chain_pem IS NOT NULL ORDER BY ordinal DESC LIMIT {Most}"
        );
        return
        [
            .. platform
                .Concat(chains.Where(chain => PemEncoding.TryFind(chain, out _)).Select(DerOf))
                .Select(encoded => ParsedCertificate.TryParse(encoded))
                .OfType<ParsedCertificate>(),
        ];
    }

    private static byte[] DerOf(string pem)
    {
        var fields = PemEncoding.Find(pem);
        return Convert.FromBase64String(pem[fields.Base64Data]);
    }
}

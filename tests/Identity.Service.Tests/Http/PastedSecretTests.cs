using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Dapper;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Http;

/// <summary>Reference row 44: a private key in a certificate's place is discarded, told, and nowhere afterwards.</summary>
public sealed class PastedSecretTests
{
    [Fact]
    public async Task PrivateKey_InAnyMember_IsNeitherStoredNorLogged()
    {
        var logs = new CapturedLogs();
        await using var bench = await AuthorityBench.StartAsync(configure: logs.AddTo);
        var id = await bench.CreateAsync();
        var chain = await bench.SignedAsync(id);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var plain = key.ExportPkcs8PrivateKeyPem();
        var encrypted = key.ExportEncryptedPkcs8PrivateKeyPem(
            "password",
            new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)
        );
        var old = key.ExportECPrivateKeyPem();
        var mislabelled = plain.Replace("PRIVATE KEY", "CERTIFICATE", StringComparison.Ordinal);
        var machine = $"/v1/tunnels/{bench.Machines.TunnelId}/certificates";
        (string Path, object Body)[] requests =
        [
            (AuthorityBench.Path(id, "chain"), new { chain_pem = chain + plain, fingerprint = "00" }),
            (AuthorityBench.Path(id, "chain"), new { chain_pem = encrypted + chain, fingerprint = "00" }),
            (AuthorityBench.Path(id, "chain"), new { chain_pem = chain + mislabelled, fingerprint = "00" }),
            (AuthorityBench.Path(id, "chain"), new { chain_pem = chain, fingerprint = old }),
            (AuthorityBench.Path(id, "approve"), new { fingerprint = plain }),
            (machine, new { ca_certificate_pem = old + chain }),
            (machine, new { ca_certificate_pem = mislabelled }),
            (
                "/v1/agent/enrollments",
                new
                {
                    tunnel_id = bench.Machines.TunnelId,
                    instance_id = "a",
                    csr = plain,
                }
            ),
        ];

        foreach (var (path, body) in requests)
        {
            await bench
                .Api.PostAsync(path, JsonSerializer.Serialize(body))
                .ShouldRefuseAsync(HttpStatusCode.BadRequest, "ca.secret_in_input");
        }

        (await bench.StateAsync(id)).ShouldBe("csr_issued");
        var entries = (await bench.Api.GetOkAsync("/v1/audit?limit=1000")).GetProperty("data");
        var audit = entries.GetRawText();
        entries
            .EnumerateArray()
            .Count(entry => entry.GetRawText().Contains("pasted_secret_discarded", StringComparison.Ordinal))
            .ShouldBe(requests.Length);
        logs.Lines.Count(line => line.Contains("counts as disclosed", StringComparison.Ordinal))
            .ShouldBe(requests.Length);

        // The middle of each key's text, as it would lie in a log or a row.
        foreach (var secret in new[] { plain, encrypted, old })
        {
            var line = secret.Split('\n')[1][..40];
            logs.Text.ShouldNotContain(line);
            audit.ShouldNotContain(line);
            (await StoreHoldsAsync(bench, line)).ShouldBeFalse();
        }
    }

    private static async Task<bool> StoreHoldsAsync(AuthorityBench bench, string text)
    {
        await using var connection = await bench
            .Service.Get<Database>()
            .OpenReadAsync(TestContext.Current.CancellationToken);
        var rows = await connection.QueryAsync<string?>(
            "SELECT chain_pem FROM certificate_authorities UNION ALL SELECT findings FROM certificate_authorities "
                + "UNION ALL SELECT certificate_pem FROM registered_certificates "
                + "UNION ALL SELECT issuers_pem FROM registered_certificates"
        );
        return rows.Any(row => row?.Contains(text, StringComparison.Ordinal) == true);
    }
}

using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Culvert.Identity.Service.Audit;
using Culvert.Identity.Service.Certificates.PlatformAuthorities;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Platform.Certificates;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Audit;

public sealed class AuditCheckpointTests
{
    [Fact]
    public async Task Export_WholeChain_LinksAndAgreesWithTheCheckpoint()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        await service.Api.PostOkAsync("/v1/tunnels", "{}");
        var checkpoints = service.Get<AuditCheckpoints>();
        await checkpoints.SignAsync(TestContext.Current.CancellationToken);

        var text = await service.Api.GetStringAsync("/v1/audit/export", TestContext.Current.CancellationToken);
        var word = await service.Api.GetStringAsync("/v1/audit/checkpoint", TestContext.Current.CancellationToken);

        var payload = Payload(word, service.Get<PlatformCa>().Root.ToPem());
        var head = new byte[32];
        long sequence = 0;
        var agreed = false;
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var entry = JsonDocument.Parse(line).RootElement;
            entry.GetProperty("sequence").GetInt64().ShouldBe(++sequence);
            var digest = Convert.FromHexString(entry.Text("body_digest"));
            if (entry.TryGetProperty("body", out var body))
            {
                byte[] salted =
                [
                    .. Convert.FromHexString(entry.Text("salt")),
                    .. Encoding.UTF8.GetBytes(body.GetString()!),
                ];
                SHA256.HashData(salted).ShouldBe(digest);
            }

            head = SHA256.HashData([.. head, .. digest]);
            entry.Text("hash").ShouldBe(Convert.ToHexStringLower(head));
            agreed |=
                payload.GetProperty("sequence").GetInt64() == sequence
                && payload.Text("head") == Convert.ToHexStringLower(head);
        }

        agreed.ShouldBeTrue();
    }

    [Fact]
    public async Task Export_OtherTenantsEntries_AreTheirDigests()
    {
        await using var bench = await MachineBench.StartAsync();
        using var stranger = bench.Service.Client(
            bench.AgentToken(
                organization: "other",
                workspace: null,
                scope: Culvert.Identity.Service.Http.Scopes.OrganizationAdmin
            )
        );

        var text = await stranger.GetStringAsync("/v1/audit/export", TestContext.Current.CancellationToken);

        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.ShouldNotBeEmpty();
        lines.ShouldAllBe(line => !line.Contains("\"body\":", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Checkpoint_OfTheService_HoldsForAgents()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        var checkpoints = service.Get<AuditCheckpoints>();
        await checkpoints.SignAsync(TestContext.Current.CancellationToken);
        PlatformTrust
            .TryCreate(service.Options.TrustDomain, service.Get<PlatformCa>().Root.ToPem(), out var trust)
            .ShouldBeTrue();

        var held = Culvert.Platform.Checkpoints.AuditCheckpoint.Verify(checkpoints.Newest!, trust!);

        held.ShouldNotBeNull();
        held.Sequence.ShouldBeGreaterThan(0);
        held.Time.ShouldBe(service.Time.GetUtcNow(), TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Feed_AfterACheckpoint_CarriesIt()
    {
        await using var bench = await MachineBench.StartAsync();
        var (_, machine) = await bench.JoinAsync(bench.AgentToken());
        var checkpoints = bench.Service.Get<AuditCheckpoints>();
        await checkpoints.SignAsync(TestContext.Current.CancellationToken);

        var feed = await machine.GetOkAsync("/v1/agent/feed");

        feed.Text("audit_checkpoint").ShouldBe(checkpoints.Newest);
    }

    // As a reader does who has the platform root and nothing else.
    private static JsonElement Payload(string word, string rootPem)
    {
        var parts = word.Split('.');
        var header = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[0])).RootElement;
        header.Text("typ").ShouldBe("culvert-checkpoint+jws");
        using var root = X509Certificate2.CreateFromPem(rootPem);
        X509Certificate2[] sent =
        [
            .. header
                .GetProperty("x5c")
                .EnumerateArray()
                .Select(one => X509CertificateLoader.LoadCertificate(one.GetBytesFromBase64())),
        ];
        var payload = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1])).RootElement;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(root);
        chain.ChainPolicy.ExtraStore.AddRange(sent);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = payload.GetProperty("time").GetDateTime();
        chain.Build(sent[0]).ShouldBeTrue();
        using var key = sent[0].GetECDsaPublicKey()!;
        key.VerifyData(
                Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"),
                Base64Url.DecodeFromChars(parts[2]),
                HashAlgorithmName.SHA256
            )
            .ShouldBeTrue();
        return payload;
    }
}

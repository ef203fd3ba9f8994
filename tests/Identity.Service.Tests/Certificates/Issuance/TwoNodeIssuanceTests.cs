using Culvert.Ca.Keys;
using Culvert.Ca.Names;
using Culvert.Identity.Service.Certificates;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Certificates.PlatformAuthorities;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.Issuance;

/// <summary>Two nodes on one database race for the same key and the same request.</summary>
public sealed class TwoNodeIssuanceTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Issue_OnBothNodesAtOnce_OneKeyOneIdentityOneRequestOneCertificate()
    {
        await using var one = await ServiceUnderTest.StartAsync(options: options =>
            options with
            {
                Storage = ServiceUnderTest.OptionsIn(options.StateDirectory, StorageBackend.Postgres).Storage,
            }
        );
        await using var other = await one.JoinAsync("node-2");
        ServiceUnderTest[] nodes = [one, other];

        for (var round = 0; round < 5; round++)
        {
            using var key = IssuerKey.Generate(KeyAlgorithm.EcdsaP256);
            var raced = await RaceAsync(i => Job(nodes[i], key.PublicKey, $"identity-{i}"));
            raced.Count(outcome => outcome.Document is not null).ShouldBe(1);
            raced
                .Single(outcome => outcome.Document is null)
                .Refusal.ShouldNotBeNull()
                .Code.Code.ShouldBe("key.reused");

            using var repeated = IssuerKey.Generate(KeyAlgorithm.EcdsaP256);
            var twins = await RaceAsync(i =>
                Job(nodes[i], repeated.PublicKey, "identity") with
                {
                    Request = LeafRequest.System with
                    {
                        Idempotency = IdempotencyKey.From("once", repeated.PublicKey.Sha256, "tests"),
                    },
                }
            );
            twins
                .Where(outcome => outcome.Document is not null)
                .Select(outcome => outcome.Document!.Serial)
                .Distinct()
                .Count()
                .ShouldBe(1);
            twins
                .Where(outcome => outcome.Document is null)
                .ShouldAllBe(outcome => outcome.Refusal!.Code.Code == "idempotency.pending");
        }

        Task<IssuanceOutcome[]> RaceAsync(Func<int, IssuanceJob> job) =>
            Task.WhenAll(
                Enumerable
                    .Range(0, 2)
                    .Select(i => Task.Run(() => nodes[i].Get<CertificateIssuer>().IssueAsync(job(i), Cancel), Cancel))
            );
    }

    private static IssuanceJob Job(ServiceUnderTest node, SubjectPublicKey key, string identity)
    {
        var id = $"spiffe://identity.test/o/x/t/y/agent/{identity}";
        return new IssuanceJob
        {
            Kind = CertificateKind.Agent,
            Authority = node.Get<PlatformCa>().Issuing,
            Profile = node.Get<Derived<CertificateOptions, CertificateProfiles>>().Value.Agent,
            PublicKey = key,
            Names = new GrantedNames { Uris = [id] },
            Identity = id,
            Request = LeafRequest.System,
        };
    }
}

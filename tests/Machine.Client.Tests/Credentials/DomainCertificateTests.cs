using System.Collections.Immutable;
using System.Text.Json;
using Culvert.Machine.Client.Credentials;
using Culvert.Machine.Client.Tests.Support;
using Culvert.Platform.Certificates;
using Culvert.Platform.Wire;
using Shouldly;
using Xunit;

namespace Culvert.Machine.Client.Tests.Credentials;

/// <summary>Certificates for the domains of other providers' tunnels: kept and renewed as the agent's own one.</summary>
public sealed class DomainCertificateTests : CredentialManagerTest
{
    private const string Domain = "abcd1234.tunnel.provider.test";

    // Replaced as a whole: the manager adds while the test reads.
    private volatile ImmutableList<(string Domain, KeyAndCertificate Pair)> issued = [];

    [Fact]
    public async Task Certificate_OfADomain_IsRenewedInTimeBesideTheOwnOne()
    {
        service.ServerLife = TimeSpan.FromSeconds(30);
        var manager = Start();
        var gaps = 0;

        await Until(
            () =>
            {
                gaps += issued is [.., var last] && time.GetUtcNow() > last.Pair.NotAfter ? 1 : 0;
                return issued.Count >= 4;
            },
            TimeSpan.FromMilliseconds(200)
        );

        gaps.ShouldBe(0);
        issued.Select(i => i.Domain).Distinct().ShouldBe([Domain]);
        issued.Select(i => i.Pair.Serial).Distinct().Count().ShouldBe(issued.Count);
        issued.ShouldAllBe(i => i.Pair.Certificate.MatchesHostname("docs." + Domain, true, false));
        manager.ServerCertificate!.Certificate.MatchesHostname("x." + FakeService.Domain, true, false).ShouldBeTrue();
        manager.FindDomainFailure(Domain).ShouldBeNull();
    }

    [Fact]
    public async Task Certificate_AfterARestart_IsTheKeptOne()
    {
        Start();
        await Until(() => issued.Count == 1, TimeSpan.FromMilliseconds(50));
        await StopAsync();
        var asked = Requests();

        Start();
        await Until(() => issued.Count == 2, TimeSpan.FromMilliseconds(50));

        issued[1].Pair.Serial.ShouldBe(issued[0].Pair.Serial);
        Requests().ShouldBe(asked);
    }

    [Fact]
    public async Task Certificate_NoLongerWanted_IsNotRenewed()
    {
        service.ServerLife = TimeSpan.FromSeconds(30);
        var manager = Start();
        await Until(() => issued.Count == 1, TimeSpan.FromMilliseconds(50));

        manager.UseDomainCertificates([], KeyType.EcdsaP256);
        var until = time.GetUtcNow().AddMinutes(2);
        loops--;
        await Until(() => time.GetUtcNow() > until, TimeSpan.FromMilliseconds(500));

        issued.Count.ShouldBe(1);
        servers.Count.ShouldBeGreaterThan(3);
    }

    [Fact]
    public async Task Certificate_OfAnotherKindOfKey_FollowsTheSetting()
    {
        service.ServerLife = TimeSpan.FromSeconds(30);
        var manager = Start();
        await Until(() => issued.Count == 1, TimeSpan.FromMilliseconds(50));

        manager.UseDomainCertificates([Domain], KeyType.Rsa2048);
        await Until(() => issued.Count == 2, TimeSpan.FromMilliseconds(200));

        issued[1].Pair.Certificate.PublicKey.Oid.Value.ShouldBe("1.2.840.113549.1.1.1");
    }

    [Fact]
    public async Task Refusal_OfADomain_IsSaidAndTheOwnCertificateStays()
    {
        service.Intercept = async (request, context) =>
        {
            if (request.Path != Server || DomainOf(request) is null)
            {
                return false;
            }

            await FakeService.RefuseAsync(context, 403, "server_certificate.domain");
            return true;
        };
        var manager = Start();

        await Until(
            () => manager.FindDomainFailure(Domain) is not null && manager.ServerCertificate is not null,
            TimeSpan.FromMilliseconds(50)
        );

        manager.FindDomainFailure(Domain)!.ShouldContain("server_certificate.domain");
        issued.ShouldBeEmpty();
    }

    private CredentialManager<AgentFeed> Start()
    {
        var manager = Agent();
        loops++;
        manager.DomainCertificateChanged = (domain, pair, _) =>
        {
            issued = issued.Add((domain, pair));
            return ValueTask.CompletedTask;
        };
        manager.UseDomainCertificates([Domain], KeyType.EcdsaP256);
        Run(manager);
        return manager;
    }

    private int Requests() => service.Of(Server).Count(r => DomainOf(r) == Domain);

    private static string? DomainOf(RecordedRequest request) =>
        JsonSerializer.Deserialize(request.Body, WireJson.Default.AgentServerCertificateRequest)!.Domain;
}

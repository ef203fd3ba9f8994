using System.Text.Json;
using Culvert.Machine.Client.Tests.Support;
using Culvert.Platform.Certificates;
using Culvert.Platform.Logging;
using Culvert.Platform.Wire;
using Culvert.Testing;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Culvert.Machine.Client.Tests.Credentials;

/// <summary>Requests of certificates: server certificates, and requests whose answer is lost or late.</summary>
public sealed class ServerCertificateTests : CredentialManagerTest
{
    // Lives of seconds: each leaf is replaced before its end, with a key of its own.
    [Fact]
    public async Task ServerCertificate_OfFiveSeconds_IsReplacedInTime()
    {
        service.ServerLife = TimeSpan.FromSeconds(5);
        var gaps = 0;
        var manager = Agent();
        Run(manager);
        await Ready(manager);

        await Until(
            () =>
            {
                gaps += time.GetUtcNow() > manager.ServerCertificate!.NotAfter ? 1 : 0;
                return servers.Count >= 6;
            },
            TimeSpan.FromMilliseconds(50)
        );

        servers.Distinct().Count().ShouldBe(servers.Count);
        gaps.ShouldBe(0);
    }

    // An expired leaf is an outage of its own: it ends with the service's, not after a back-off.
    [Fact]
    public async Task ServerCertificate_ExpiredDuringAnOutage_IsReplacedSoonAfterIt()
    {
        service.ServerLife = TimeSpan.FromSeconds(5);
        var manager = Agent();
        Run(manager);
        await Ready(manager);
        var away = true;
        service.Intercept = (_, context) =>
        {
            if (away)
            {
                context.Abort();
            }

            return Task.FromResult(away);
        };
        service.EndPolls();
        var end = manager.ServerCertificate!.NotAfter;
        await Until(() => time.GetUtcNow() > end.AddMinutes(2), TimeSpan.FromMilliseconds(500));

        away = false;
        service.Change(); // the fake answers a poll when there is news
        var back = time.GetUtcNow();
        await Until(() => manager.ServerCertificate!.NotAfter > back, TimeSpan.FromMilliseconds(20));

        (time.GetUtcNow() - back).ShouldBeLessThan(TimeSpan.FromSeconds(12));
    }

    [Fact]
    public async Task ServerCertificate_NoLongerVouchedFor_IsReplacedAtOnce()
    {
        var manager = Agent();
        Run(manager);
        await Ready(manager);
        var began = time.GetUtcNow();

        service.Tunnel = new TestPki(time.GetUtcNow(), "Tunnel 2");
        service.TrustBundleEpoch = 2;
        service.Change();
        await Until(() => servers.Count == 2, TimeSpan.FromMilliseconds(100));

        (time.GetUtcNow() - began).ShouldBeLessThan(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task ServerCertificate_AheadOfTheFeed_IsUsedOnceTheBundleVouchesForIt()
    {
        service.ServerLife = TimeSpan.FromMinutes(30);
        var manager = Agent();
        Run(manager);
        await Ready(manager);
        var asked = service.Requests.Count(IsForServerCertificate);

        // Another authority issues, and the feed has not said so yet.
        service.Tunnel = new TestPki(time.GetUtcNow(), "Tunnel 2");
        await Until(() => service.Requests.Count(IsForServerCertificate) > asked, TimeSpan.FromSeconds(30));
        servers.Count.ShouldBe(1);

        service.TrustBundleEpoch = 2;
        service.Change();
        await Until(() => servers.Count == 2, TimeSpan.FromMilliseconds(100));

        static bool IsForServerCertificate(RecordedRequest request) =>
            request.Path.EndsWith("/server_certificates", StringComparison.Ordinal);
    }

    // The service has signed, and its answer never arrives: the same request again gets that certificate, not another.
    [Theory]
    [InlineData(Enrol)]
    [InlineData(Server)]
    [InlineData(Renew)]
    public async Task Request_WhoseAnswerWasLost_IsRepeatedAsTheSameOne(string path)
    {
        var sent = new List<(string Key, string Csr)>();
        service.Intercept = (request, context) =>
        {
            if (request.Path == path)
            {
                var csr = JsonDocument.Parse(request.Body).RootElement.GetProperty("csr").GetString()!;
                sent.Add((context.Request.Headers["Idempotency-Key"].ToString(), csr));
                if (sent.Count == 1)
                {
                    context.Abort();
                    return Task.FromResult(true);
                }
            }

            return Task.FromResult(false);
        };
        var manager = Agent();
        Run(manager);

        await Until(() => sent.Count >= 2, TimeSpan.FromSeconds(10));
        sent[0].Key.Length.ShouldBeInRange(1, 255);
        sent[1].ShouldBe(sent[0]);

        // The next request is a new one.
        await Until(() => sent.Count >= 3 || path == Enrol, TimeSpan.FromMinutes(5));
        sent.Skip(2).ShouldAllBe(later => later.Key != sent[0].Key && later.Csr != sent[0].Csr);
    }

    // Refused, it was not signed: the next try is another request, with another key.
    [Fact]
    public async Task ServerCertificate_Refused_IsAskedForAnew()
    {
        var sent = new List<string>();
        service.Intercept = async (request, context) =>
        {
            if (request.Path != Server)
            {
                return false;
            }

            sent.Add(context.Request.Headers["Idempotency-Key"].ToString());
            if (sent.Count == 1)
            {
                await FakeService.RefuseAsync(context, 409, "idempotency.pending");
            }
            else if (sent.Count == 2)
            {
                await FakeService.RefuseAsync(context, 409, "ca.not_active");
            }

            return sent.Count <= 2;
        };
        var manager = Agent();
        Run(manager);

        await Until(() => servers.Count == 1, TimeSpan.FromSeconds(1));

        sent[1].ShouldBe(sent[0]);
        sent[2].ShouldNotBe(sent[1]);
    }

    // A node that ended between its two commits leaves the request pending for a minute: a short leaf cannot wait for that.
    [Theory]
    [InlineData(Enrol)]
    [InlineData(Server)]
    public async Task Request_ThatStaysPending_IsFollowedByAnother(string path)
    {
        var sent = new List<string>();
        service.Intercept = async (request, context) =>
        {
            if (request.Path != path)
            {
                return false;
            }

            sent.Add(context.Request.Headers["Idempotency-Key"].ToString());
            if (sent[^1] != sent[0])
            {
                return false;
            }

            await FakeService.RefuseAsync(context, 409, "idempotency.pending");
            return true;
        };
        var manager = Agent();
        Run(manager);

        await Until(() => servers.Count == 1, TimeSpan.FromSeconds(10));

        sent.ShouldBe([sent[0], sent[0], sent[2]]);
    }

    [Fact]
    public async Task ServerCertificate_NewEpochThatStillVouches_StaysInUse()
    {
        var manager = Agent();
        Run(manager);
        await Ready(manager);

        service.TrustBundleEpoch = 2;
        service.Change();
        await Until(() => Report()?.Epochs.TrustBundle == 2, TimeSpan.FromMilliseconds(100));

        servers.Count.ShouldBe(1);
    }

    [Fact]
    public async Task ServerCertificate_TunnelWithoutIssuer_IsNotAskedForAndSaysSo()
    {
        service.Mode = ServerCertificateMode.Files;
        var manager = Agent();
        Run(manager);

        await Until(() => Report() is not null, TimeSpan.FromMilliseconds(100));

        service.Count(Server).ShouldBe(0);
        (await Readiness(manager))[2]!.ShouldContain("certificates.source");
    }

    [Fact]
    public async Task ServerCertificate_ForAnotherDomain_IsNotTaken()
    {
        service.Intercept = async (request, context) =>
        {
            if (request.Path != Server)
            {
                return false;
            }

            var csr = JsonSerializer.Deserialize(request.Body, WireJson.Default.AgentServerCertificateRequest)!.Csr;
            var leaf = service.Tunnel.Certify(csr, dnsNames: ["*.other.test"], usages: [TestPki.ServerAuthentication]);
            var document = new ServerCertificateDocument
            {
                TunnelId = FakeService.TunnelId,
                Certificate = new(
                    Serial: "1",
                    CertificatePem: leaf.ExportCertificatePem(),
                    ChainPem: "",
                    NotBefore: time.GetUtcNow(),
                    NotAfter: time.GetUtcNow().AddHours(1),
                    IssuedAt: time.GetUtcNow(),
                    RenewAfter: time.GetUtcNow().AddMinutes(30),
                    RenewBefore: time.GetUtcNow().AddMinutes(40)
                ),
            };
            await context.Response.WriteAsync(
                JsonSerializer.Serialize(document, WireJson.Default.ServerCertificateDocument)
            );
            return true;
        };
        var manager = Agent();
        Run(manager);

        await Until(() => logs.Count(EventIds.ServerCertificateFailed) > 0, TimeSpan.FromMilliseconds(100));

        manager.ServerCertificate.ShouldBeNull();
    }
}

using System.Net.Sockets;
using System.Text.Json;
using Culvert.Machine.Client.Access;
using Culvert.Machine.Client.Credentials;
using Culvert.Machine.Client.Dialects;
using Culvert.Machine.Client.State;
using Culvert.Machine.Client.Tests.Support;
using Culvert.Platform.Certificates;
using Culvert.Platform.Logging;
using Culvert.Platform.Net;
using Culvert.Platform.Programs;
using Culvert.Platform.Secrets;
using Culvert.Platform.Tests;
using Culvert.Platform.Wire;
using Culvert.Testing;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Culvert.Machine.Client.Tests.Credentials;

public sealed class CredentialManagerTests : IAsyncLifetime
{
    private const string Exchange = "/v1/oauth/token";
    private const string Enrol = "/v1/agent/enrollments";
    private const string Renew = "/v1/agent/renewals";
    private const string Server = "/v1/agent/server_certificates";
    private const string Feed = "/v1/agent/feed";
    private const string Reports = "/v1/agent/reports";

    private readonly FakeTimeProvider time = new();
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("culvert-test-");
    private readonly RecordingLogs logs = new();
    private CancellationTokenSource stop = new();
    private readonly List<string> identities = [];
    private readonly List<string> servers = [];
    private readonly List<IDisposable> managers = [];
    private int loops;
    private FakeService service = null!;
    private StateDirectory? state;
    private Task running = Task.CompletedTask;

    private string TokenFile => Path.Combine(folder.FullName, "token");

    public async ValueTask InitializeAsync()
    {
        service = await FakeService.StartAsync(time);
        await File.WriteAllTextAsync(TokenFile, "idp.token.1\n");
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "ca.pem"), service.Platform.RootPem);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        managers.ForEach(m => m.Dispose());
        await service.DisposeAsync();
        stop.Dispose();
        logs.Dispose();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Run_NewAgent_BecomesReadyAndReportsWhatItUses()
    {
        var manager = Agent();
        manager.Checks.Count.ShouldBe(3);
        (await Readiness(manager)).ShouldAllBe(r => r != null);

        Run(manager);
        await Until(() => Report()?.Serials.Server is not null, TimeSpan.FromMilliseconds(100));

        (await Readiness(manager)).ShouldAllBe(r => r == null);
        manager.Identity!.EnrolmentId.ShouldBe("agt_1");
        manager.Identity.SpiffeId.TunnelId.ShouldBe(FakeService.TunnelId);
        manager.RevokedSerials.ShouldBe(["0badc0de"]);
        var report = Report()!;
        report.Revision.ShouldBe(1);
        report.Epochs.ShouldBe(new AgentReportEpochs { Platform = 1, TrustBundle = 1 });
        report.Serials.Platform.ShouldBe(manager.Identity.Credential.Serial);
        report.Serials.Server.ShouldBe(manager.ServerCertificate!.Serial);
        report.Routes[0].Name.ShouldBe("docs");
    }

    // Whoever looks beside the agent that says it is ready, or takes up after it was killed, finds what it uses.
    [Fact]
    public async Task Run_NewAgent_KeepsWhatItUsesBeforeItUsesIt()
    {
        var manager = Agent();
        var kept = new List<(string Used, string? Kept)>();
        manager.IdentityChanged = (used, _) => Look(used.Credential.Serial, found => found.Platform);
        manager.ServerCertificateChanged = (used, _) => Look(used.Serial, found => found.Server);

        Run(manager);
        await Ready(manager);

        kept.Count.ShouldBe(2);
        kept.ShouldAllBe(one => one.Used == one.Kept);

        ValueTask Look(string used, Func<AgentState, KeyAndCertificate?> part)
        {
            kept.Add((used, part(AgentState.Read(Identity(), FakeService.TunnelId, StatePath))?.Serial));
            return ValueTask.CompletedTask;
        }
    }

    // S7: the enrolment goes to the public API with the access token, the rest over mutual TLS.
    [Fact]
    public async Task Run_NewAgent_UsesEachDoorAsItShould()
    {
        var manager = Agent();
        Run(manager);
        await Ready(manager);

        var exchange = service.Of(Exchange)[0];
        JsonSerializer.Deserialize(exchange.Body, WireJson.Default.TokenRequest)!.Assertion.ShouldBe("idp.token.1");
        service.Of(Enrol)[0].Bearer.ShouldBe("access-1");
        service.Of(Enrol)[0].ClientSerial.ShouldBeNull();
        service.Of(Feed)[0].ClientSerial.ShouldBe(manager.Identity!.Credential.Serial);
        service.Of(Feed)[0].Query.ShouldBe("?since=0&wait=30s");
    }

    [Fact]
    public async Task Run_AtTwoThirdsOfLife_RenewsWithANewKeyAndAFreshProof()
    {
        var manager = Agent();
        Run(manager);
        await Ready(manager);
        var (first, began) = (manager.Identity!, time.GetUtcNow());
        await File.WriteAllTextAsync(TokenFile, "idp.token.2", TestContext.Current.CancellationToken);

        await Until(() => identities.Count == 2, TimeSpan.FromSeconds(10));

        (service.Of(Exchange)[1].At - began).ShouldBeInRange(TimeSpan.FromMinutes(36), TimeSpan.FromMinutes(43));
        service.Count(Enrol).ShouldBe(1);
        service.Of(Renew)[0].ClientSerial.ShouldBe(first.Credential.Serial);
        service.Of(Renew)[0].Bearer.ShouldBe("access-2");
        service.Of(Exchange)[1].Body.ShouldContain("idp.token.2");
        manager
            .Identity!.Credential.Certificate.GetPublicKeyString()
            .ShouldNotBe(first.Credential.Certificate.GetPublicKeyString());
    }

    [Fact]
    public async Task Run_NoFreshProof_RenewsWithoutOne()
    {
        var manager = Agent();
        Run(manager);
        await Ready(manager);
        File.Delete(TokenFile);

        await Until(() => identities.Count == 2, TimeSpan.FromMinutes(1));

        service.Of(Renew)[0].Bearer.ShouldBe("");
        logs.Count(EventIds.RenewedWithoutProof).ShouldBe(1);
    }

    [Fact]
    public async Task Run_OneMissedRenewal_IsHarmless()
    {
        var manager = Agent();
        Run(manager);
        await Ready(manager);
        service.Intercept = async (request, context) =>
        {
            if (request.Path != Renew || service.Count(Renew) > 1)
            {
                return false;
            }

            await FakeService.RefuseAsync(context, 503, "store.unavailable");
            return true;
        };

        await Until(() => identities.Count == 2, TimeSpan.FromSeconds(20));

        service.Count(Renew).ShouldBe(2);
        service.Count(Enrol).ShouldBe(1);
    }

    // S11b
    [Fact]
    public async Task Run_ExpiredWhileTheServiceWasAway_EnrolsAgainUnaided()
    {
        var manager = Agent();
        Run(manager);
        await Ready(manager);
        var away = true;
        service.Intercept = async (request, context) =>
        {
            if (away && request.Path != Feed)
            {
                await FakeService.RefuseAsync(context, 503, "store.unavailable");
            }

            return away && request.Path != Feed;
        };
        var end = manager.Identity!.Document.NotAfter;
        await Until(() => time.GetUtcNow() > end.AddHours(5), TimeSpan.FromMinutes(2));
        (await Readiness(manager))[0].ShouldNotBeNull();
        manager.Withdrawal!.ShouldContain("expired");

        away = false;
        await Until(() => identities.Count == 2, TimeSpan.FromSeconds(5));

        service.Count(Enrol).ShouldBeGreaterThan(1);
        (await Readiness(manager))[0].ShouldBeNull();
        manager.Withdrawal.ShouldBeNull();
    }

    [Fact]
    public async Task Run_RenewalRefused_EnrolsAtOnce()
    {
        var manager = Agent();
        Run(manager);
        await Ready(manager);
        service.Intercept = async (request, context) =>
        {
            if (request.Path == Renew)
            {
                await FakeService.RefuseAsync(context, 403, "enrolment.proof_too_old");
            }

            return request.Path == Renew;
        };

        await Until(() => identities.Count == 2, TimeSpan.FromMinutes(1));

        service.Count(Enrol).ShouldBe(2);
    }

    [Theory]
    [InlineData(401, "auth.certificate")]
    [InlineData(403, "auth.peer_revoked")]
    public async Task Run_FeedRefusesTheCertificate_EnrolsAtMostOncePerFiveMinutes(int status, string code)
    {
        var manager = Agent();
        service.Intercept = async (request, context) =>
        {
            if (request.Path == Feed)
            {
                await FakeService.RefuseAsync(context, status, code);
            }

            return request.Path == Feed;
        };
        Run(manager);
        await Until(() => service.Count(Feed) > 0, TimeSpan.FromMilliseconds(100));
        var began = time.GetUtcNow();

        await Until(() => time.GetUtcNow() - began > TimeSpan.FromMinutes(12), TimeSpan.FromSeconds(10));

        service.Count(Enrol).ShouldBeInRange(2, 4);
    }

    // S10: the service's word is no outage. The token that proved the machine may be what was revoked.
    [Theory]
    [InlineData("auth.peer_revoked")]
    [InlineData("auth.peer_expired")]
    [InlineData("edge.archived")]
    public async Task Feed_RefusesForGood_WithdrawsAtOnceAndEnrolsWithAFreshProof(string code)
    {
        var manager = Agent();
        Run(manager);
        await Ready(manager);
        var (refused, began) = (manager.Identity!.Credential.Serial, time.GetUtcNow());
        RefuseFeedOf(refused, 403, code);
        service.Change();

        await Until(() => identities.Count == 2, TimeSpan.FromMilliseconds(100));

        (time.GetUtcNow() - began).ShouldBeLessThan(TimeSpan.FromSeconds(5));
        service.Of(Enrol).Select(r => r.Bearer).ShouldBe(["access-1", "access-2"]);
        manager.Withdrawal.ShouldBeNull();
        logs.Count(EventIds.Withdrawn).ShouldBe(1);
        logs.Count(EventIds.FeedFailed).ShouldBe(0);
    }

    [Fact]
    public async Task Feed_RefusesForGoodAndNobodyVouches_StaysWithdrawnAcrossARestart()
    {
        var first = Agent();
        Run(first);
        await Ready(first);
        var refused = first.Identity!.Credential.Serial;
        service.Intercept = async (request, context) =>
        {
            if (request.Path == Feed && request.ClientSerial == refused)
            {
                await FakeService.RefuseAsync(context, 403, "auth.peer_revoked");
                return true;
            }

            if (request.Path == Exchange)
            {
                await FakeService.RefuseAsync(context, 401, "auth.failed");
            }

            return request.Path == Exchange;
        };
        service.Change();
        await Until(() => logs.Count(EventIds.EnrolmentFailed) > 0, TimeSpan.FromMilliseconds(100));

        first.Identity.ShouldBeNull();
        first.Machine.ShouldBeNull();
        first.Withdrawal!.ShouldContain(refused);
        (await Readiness(first))[0]!.ShouldContain("auth.peer_revoked");
        await StopAsync();
        AgentState.Read(Identity(), FakeService.TunnelId, StatePath).Withdrawal.ShouldBe(first.Withdrawal);

        service.Intercept = (_, context) =>
        {
            context.Abort(); // nobody can be asked any more
            return Task.FromResult(true);
        };
        var second = Agent();
        Run(second);
        await Eventually.UntilAsync(() => second.Withdrawal is not null);
        second.Identity.ShouldBeNull();
        second.Feed.ShouldBeNull();
        (await Readiness(second))[0]!.ShouldContain("auth.peer_revoked");
    }

    // What a proxy, another version of the service or a fault says is not said of this machine.
    [Theory]
    [InlineData(403, "auth.peer")]
    [InlineData(404, "request.not_found")]
    [InlineData(500, "auth.peer_revoked")]
    [InlineData(503, "store.unavailable")]
    public async Task Feed_RefusedOtherwise_IsAnOutage(int status, string code)
    {
        var manager = Agent();
        Run(manager);
        await Ready(manager);
        RefuseFeedOf(manager.Identity!.Credential.Serial, status, code);
        service.Change();

        await Until(() => logs.Count(EventIds.FeedFailed) > 0, TimeSpan.FromMilliseconds(100));

        manager.Withdrawal.ShouldBeNull();
        manager.Identity.ShouldNotBeNull();
    }

    [Fact]
    public async Task Run_ServiceDownAtStart_BacksOffAndRecovers()
    {
        var manager = Agent();
        var away = true;
        service.Intercept = async (_, context) =>
        {
            if (away)
            {
                await FakeService.RefuseAsync(context, 503, "store.unavailable");
            }

            return away;
        };
        Run(manager);
        var began = time.GetUtcNow();
        await Until(() => time.GetUtcNow() - began > TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(2));

        // 10 minutes at 30 s each, after a few quick ones; never a storm.
        service.Count(Exchange).ShouldBeInRange(15, 60);

        away = false;
        await Until(() => manager.Identity is not null, TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task Run_RetryAfter_IsHonoured()
    {
        var manager = Agent();
        service.Intercept = async (request, context) =>
        {
            if (request.Path != Exchange || service.Count(Exchange) > 1)
            {
                return false;
            }

            context.Response.Headers.RetryAfter = "120";
            await FakeService.RefuseAsync(context, 429, "rate.limited");
            return true;
        };
        Run(manager);

        await Until(() => manager.Identity is not null, TimeSpan.FromSeconds(1));

        var tries = service.Of(Exchange);
        (tries[1].At - tries[0].At).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(119));
    }

    // A single-use identity token is spent by the exchange; the enrolment after it may fail and be tried again.
    [Fact]
    public async Task Run_EnrolmentFailsOnce_UsesTheSameAccessTokenAgain()
    {
        var manager = Agent();
        service.Intercept = async (request, context) =>
        {
            if (request.Path != Enrol || service.Count(Enrol) > 1)
            {
                return false;
            }

            await FakeService.RefuseAsync(context, 503, "store.unavailable");
            return true;
        };
        Run(manager);

        await Until(() => manager.Identity is not null, TimeSpan.FromMilliseconds(200));

        service.Of(Enrol).Select(r => r.Bearer).ShouldBe(["access-1", "access-1"]);
        service.Count(Exchange).ShouldBe(1);
    }

    [Fact]
    public async Task Run_AfterARestart_GoesOnWithWhatWasKept()
    {
        var first = Agent();
        Run(first);
        await Ready(first);
        await StopAsync();

        var kept = (identities[0], servers[0]);
        service.Intercept = async (_, context) =>
        {
            await FakeService.RefuseAsync(context, 503, "store.unavailable");
            return true;
        };
        var second = Agent();
        Run(second);
        await Eventually.UntilAsync(() => second.ServerCertificate is not null);

        (second.Identity!.Credential.Serial, second.ServerCertificate!.Serial).ShouldBe(kept);
        second.Feed!.Revision.ShouldBe(1);
        second.LastContact.ShouldNotBeNull();
        (await Readiness(second)).ShouldAllBe(r => r == null);
        service.Count(Enrol).ShouldBe(1);
    }

    [Fact]
    public async Task Run_AfterARestartForAnotherTunnel_EnrolsAnew()
    {
        var first = Agent();
        Run(first);
        await Ready(first);
        await StopAsync();

        var second = Agent(tunnelId: "tnl_2");
        Run(second);
        await Eventually.UntilAsync(() => service.Count(Enrol) == 2);

        second.Identity.ShouldBeNull();
    }

    [Fact]
    public async Task Run_DamagedState_CountsAsNone()
    {
        using (var directory = StateDirectory.Open(StatePath))
        {
            directory.WriteText("platform.json", "{");
            directory.WriteText("feed.json", "[]");
            directory.WriteText("server.json", "null");
        }

        var manager = Agent();
        Run(manager);
        await Ready(manager);

        service.Count(Enrol).ShouldBe(1);
    }

    // S10: the last good copy is sealed. Each of these would otherwise decide who may connect while the service is away.
    [Theory]
    [InlineData("feed.json", "plain")]
    [InlineData("feed.json", "flipped")]
    [InlineData("state.key", "other")]
    public async Task Run_KeptFeedThatWasTamperedWith_CountsAsNone(string file, string how)
    {
        var first = Agent();
        Run(first);
        await Ready(first);
        await StopAsync();
        var path = Path.Combine(StatePath, file);
        var text = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        text.ShouldNotContain("0badc0de");
        text = how switch
        {
            "plain" => "{}",
            "other" => Convert.ToBase64String(new byte[32]),
            _ => text[..100] + (text[100] == 'A' ? 'B' : 'A') + text[101..],
        };
        await File.WriteAllTextAsync(path, text, TestContext.Current.CancellationToken);
        service.Intercept = async (request, context) =>
        {
            if (request.Path == Feed)
            {
                await FakeService.RefuseAsync(context, 503, "store.unavailable");
            }

            return request.Path == Feed;
        };

        var second = Agent();
        Run(second);
        await Eventually.UntilAsync(() => logs.Count(EventIds.FeedFailed) > 0);

        second.Feed.ShouldBeNull();
        second.Identity.ShouldNotBeNull();
    }

    [Fact]
    public async Task State_IsPrivateAndWhole()
    {
        var manager = Agent();
        Run(manager);
        await Ready(manager);
        await StopAsync();

        var files = Directory.GetFiles(StatePath);
        files
            .Select(Path.GetFileName)
            .Order()
            .ShouldBe(["feed.json", "instance_id", "lock", "platform.json", "server.json", "state.key"]);
        files.ShouldAllBe(f => File.GetUnixFileMode(f) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Fact]
    public async Task Feed_Change_IsTakenAndAcknowledgedAfterTheCallback()
    {
        var callback = new TaskCompletionSource();
        var entered = new TaskCompletionSource();
        var manager = Agent();
        manager.FeedChanged = async (feed, _) =>
        {
            if (feed.Revision == 2)
            {
                entered.SetResult();
                await callback.Task;
            }
        };
        Run(manager);
        await Ready(manager);

        service.Change();
        await entered.Task;
        service.Of(Reports).ShouldAllBe(r => !r.Body.Contains("\"revision\":2"));
        callback.SetResult();
        await Until(() => Report()?.Revision == 2, TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public async Task Feed_InForce_IsNamedInTheNextCall()
    {
        var manager = Agent();
        Run(manager);
        await Ready(manager);
        service.Change();

        await Eventually.UntilAsync(() => service.Of(Feed).Any(call => call.Query.Contains("since=2")));

        service.Of(Feed)[0].Query.ShouldNotContain("held=");
        service.Of(Feed).Last(call => call.Query.Contains("since=2")).Query.ShouldEndWith("&held=digest-2");
    }

    // What a revision revokes must not wait for the next change because taking it into use failed once.
    [Fact]
    public async Task Feed_CallbackFaults_TheSameRevisionIsTakenAgain()
    {
        var manager = Agent();
        List<long> taken = [];
        var faulted = false;
        manager.FeedChanged = (feed, _) =>
        {
            if (feed.Revision == 2 && !faulted)
            {
                faulted = true;
                throw new InvalidOperationException("not now");
            }

            taken.Add(feed.Revision);
            return ValueTask.CompletedTask;
        };
        Run(manager);
        await Ready(manager);

        service.Change();

        await Until(() => taken.Contains(2), TimeSpan.FromMilliseconds(500));
    }

    [Fact]
    public async Task Feed_OfAnotherTunnel_IsNotTaken()
    {
        var manager = Agent();
        Run(manager);
        await Ready(manager);
        service.Intercept = async (request, context) =>
        {
            if (request.Path == Feed && request.Query.Contains("since=1"))
            {
                await context.Response.WriteAsync(
                    JsonSerializer.Serialize(
                        manager.Feed! with
                        {
                            Revision = 2,
                            Tunnel = manager.Feed.Tunnel with { Id = "tnl_9" },
                        },
                        WireJson.Default.AgentFeed
                    )
                );
                return true;
            }

            return false;
        };
        service.EndPolls();

        await Eventually.UntilAsync(() => logs.Count(EventIds.FeedRefused) > 0);

        manager.Feed!.Tunnel.Id.ShouldBe(FakeService.TunnelId);
        await Eventually.UntilAsync(() => service.Of(Feed).Any(call => call.Query.Contains("since=2")));
        service
            .Of(Feed)
            .Where(call => call.Query.Contains("since=2"))
            .ShouldAllBe(call => !call.Query.Contains("held="), "what was refused is not held");
    }

    [Fact]
    public async Task Feed_ServiceRestarts_ContactComesBack()
    {
        var manager = Agent();
        Run(manager);
        await Ready(manager);
        var away = true;
        service.Intercept = (request, context) =>
        {
            if (away && request.Path == Feed)
            {
                context.Abort();
            }

            return Task.FromResult(away && request.Path == Feed);
        };
        service.EndPolls();
        await Until(() => logs.Count(EventIds.FeedFailed) >= 3, TimeSpan.FromMilliseconds(500));

        away = false;
        service.Change();
        await Until(() => manager.Feed!.Revision == 2, TimeSpan.FromMilliseconds(500));

        logs.Count(EventIds.FeedRestored).ShouldBe(1);
        service.Count(Enrol).ShouldBe(1);
    }

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

        // What is asked for next is something new.
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

            var csr = JsonSerializer.Deserialize(request.Body, WireJson.Default.CertificateSigningRequest)!.Csr;
            var leaf = service.Tunnel.Certify(csr, dnsNames: ["*.other.test"], usages: [TestPki.ServerAuthentication]);
            var document = new ServerCertificateDocument
            {
                TunnelId = FakeService.TunnelId,
                Certificate = new()
                {
                    Serial = "1",
                    CertificatePem = leaf.ExportCertificatePem(),
                    ChainPem = "",
                    NotBefore = time.GetUtcNow(),
                    NotAfter = time.GetUtcNow().AddHours(1),
                    IssuedAt = time.GetUtcNow(),
                    RenewAfter = time.GetUtcNow().AddMinutes(30),
                    RenewBefore = time.GetUtcNow().AddMinutes(40),
                },
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

    [Fact]
    public async Task Report_Refused_IsSentAgainOnlyAfterAChange()
    {
        service.Intercept = async (request, context) =>
        {
            if (request.Path == Reports)
            {
                await FakeService.RefuseAsync(context, 400, "request.invalid");
            }

            return request.Path == Reports;
        };
        var manager = Agent(serverCertificates: false);
        Run(manager);
        await Until(() => service.Count(Reports) > 0, TimeSpan.FromMilliseconds(100));
        var before = service.Count(Reports);
        time.Advance(TimeSpan.FromMinutes(1));
        manager.RequestReport();
        await Until(() => service.Count(Reports) > before, TimeSpan.FromMilliseconds(100));

        service.Count(Reports).ShouldBeLessThan(6);
    }

    [Fact]
    public async Task Callback_ThatThrows_DoesNotEndTheRun()
    {
        var manager = Agent();
        var calls = 0;
        manager.FeedChanged = (_, _) =>
            ++calls == 1 ? throw new InvalidOperationException("boom") : ValueTask.CompletedTask;
        Run(manager);
        await Until(() => logs.Count(EventIds.LoopFaulted) == 1, TimeSpan.FromMilliseconds(100));

        service.Change();
        await Until(() => calls > 1, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Manual_UsesTheTunnelTokenForEnrolmentAndRenewal()
    {
        var path = Path.Combine(folder.FullName, "tunnel-token");
        await File.WriteAllTextAsync(path, "clv_tun_secret\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var identity = Identity() with { Mode = IdentityMode.Manual, TunnelToken = SecretReference.ToFile(path) };
        var manager = Agent(identity, serverCertificates: false);
        Run(manager);

        await Until(() => identities.Count == 2, TimeSpan.FromMinutes(1));

        service.Count(Exchange).ShouldBe(0);
        service.Of(Enrol)[0].Bearer.ShouldBe("clv_tun_secret");
        service.Of(Renew)[0].Bearer.ShouldBe("clv_tun_secret");
        logs.Lines.ShouldAllBe(l => !l.Contains("clv_tun_secret"));
    }

    [Fact] // S17: else a switch would wait for it until it counts as gone
    public async Task Stop_AfterAReport_SaysThatItLeavesAndAcknowledgesNothingNew()
    {
        var manager = Agent();
        Run(manager);
        await Ready(manager);
        var before = Report()!;
        before.Leaving.ShouldBeFalse();

        await StopAsync();

        Report()!.Leaving.ShouldBeTrue();
        Report()!.Revision.ShouldBe(before.Revision);
        Report()!.Epochs.ShouldBe(before.Epochs);
    }

    [Fact]
    public async Task Edge_EnrolsFollowsItsFeedAndReports()
    {
        var content = new EdgeReportContent
        {
            SniPublicPort = 9443,
            Agents = [],
            ClientConnections = new Dictionary<string, int> { ["tnl_1"] = 3 },
        };
        var manager = NewEdge(StatePath, content);
        running = manager.RunAsync(stop.Token);

        await Until(() => service.Count("/v1/edge/reports") > 0, TimeSpan.FromMilliseconds(100));

        manager.Identity!.SpiffeId.ShouldBe(SpiffeId.Edge(FakeService.TrustDomain, FakeService.EdgeId));
        var report = JsonSerializer.Deserialize(service.Of("/v1/edge/reports")[^1].Body, WireJson.Default.EdgeReport)!;
        (report.Revision, report.SniPublicPort, report.Serial).ShouldBe((1, 9443, manager.Identity.Credential.Serial));
    }

    // What is revoked is refused, whether or not the disk has room for the copy that outlives a restart.
    [Fact]
    public async Task Edge_DiskIsFull_AppliesItsFeedAndWhatIsRevoked()
    {
        using var disk = TakeDisk();
        var manager = NewEdge(
            disk.Path,
            new EdgeReportContent
            {
                SniPublicPort = 9443,
                Agents = [],
                ClientConnections = new Dictionary<string, int>(),
            }
        );
        running = manager.RunAsync(stop.Token);
        await Until(() => manager.Feed?.Revision == 1, TimeSpan.FromMilliseconds(100));

        disk.Fill();
        service.EdgeRevokedSerials = ["0badc0de"];
        service.Change();
        await Until(() => manager.Feed?.Revision == 2, TimeSpan.FromMilliseconds(100));

        manager.RevokedSerials.ShouldBe(["0badc0de"]);
        logs.Count(EventIds.StateUnwritable).ShouldBeGreaterThan(0);
        await StopAsync();
    }

    private CredentialManager<EdgeFeed> NewEdge(string folder, EdgeReportContent content)
    {
        state = StateDirectory.Open(folder);
        var manager = CredentialManager.ForEdge(
            new CredentialManagerOptions { Identity = Identity() },
            FakeService.EdgeId,
            state,
            () => content,
            logs,
            time,
            TimeProvider.System
        );
        managers.Add(manager);
        loops = 3;
        return manager;
    }

    private static SmallDisk TakeDisk()
    {
        try
        {
            return new SmallDisk(1);
        }
        catch (InvalidOperationException fault)
        {
            Assert.Skip($"A small disk needs the right to mount: {fault.Message}");
            throw;
        }
    }

    // S10: a revocation reaches an edge within 5 s, also one made right after the service has come back.
    [Fact]
    public async Task Edge_ServiceAway_AsksAgainEveryTwoSeconds()
    {
        var manager = NewEdge(
            StatePath,
            new EdgeReportContent
            {
                SniPublicPort = 9443,
                Agents = [],
                ClientConnections = new Dictionary<string, int>(),
            }
        );
        const string feed = "/v1/edge/feed";
        service.Intercept = (request, context) =>
        {
            if (request.Path == feed)
            {
                context.Abort();
            }

            return Task.FromResult(request.Path == feed);
        };
        running = manager.RunAsync(stop.Token);

        await Until(() => service.Count(feed) >= 12, TimeSpan.FromMilliseconds(250));

        var asked = service.Of(feed).Select(r => r.At).ToList();
        asked.Zip(asked.Skip(1), (a, b) => b - a).Max().ShouldBeLessThan(TimeSpan.FromSeconds(3));
    }

    // N+1 with N: an acknowledgement must not fail for a part that an older service has never heard of.
    [Fact]
    public async Task Report_ServiceKnowsNoDoctor_IsTakenWithoutIt()
    {
        service.Intercept = async (request, context) =>
        {
            if (request.Path != Reports || !request.Body.Contains("\"doctor\"", StringComparison.Ordinal))
            {
                return false;
            }

            await FakeService.RefuseAsync(context, 400, "request.invalid");
            return true;
        };
        state = StateDirectory.Open(StatePath);
        var found = new AgentReportDoctor { CheckedAt = time.GetUtcNow(), Checks = [] };
        var manager = CredentialManager.ForAgent(
            new CredentialManagerOptions { Identity = Identity(), ServerCertificates = true },
            FakeService.TunnelId,
            state,
            () => [],
            logs,
            time,
            TimeProvider.System,
            doctor: () => found
        );
        managers.Add(manager);
        loops = 4;
        Run(manager);
        await Ready(manager);
        await Until(() => Sent(withDoctor: false) > 0, TimeSpan.FromMilliseconds(100));
        Sent(withDoctor: true).ShouldBe(1);

        found = found with { CheckedAt = time.GetUtcNow().AddMinutes(5) };
        manager.RequestReport();
        await Until(() => Sent(withDoctor: true) == 2, TimeSpan.FromMilliseconds(100));

        int Sent(bool withDoctor) =>
            service.Of(Reports).Count(r => r.Body.Contains("\"doctor\"", StringComparison.Ordinal) == withDoctor);
    }

    // A service that is a version behind answers 404: the report counts all the same.
    [Theory]
    [InlineData(204)]
    [InlineData(404)]
    public async Task Report_CheckpointOfCalls_FollowsItOnce(int status)
    {
        const string Checkpoints = "/v1/agent/checkpoints";
        service.Intercept = async (request, context) =>
        {
            if (request.Path == Checkpoints && status == 204)
            {
                context.Response.StatusCode = status;
            }
            else if (request.Path == Checkpoints)
            {
                await FakeService.RefuseAsync(context, status, "request.not_found");
            }

            return request.Path == Checkpoints;
        };
        state = StateDirectory.Open(StatePath);
        var newest = "first";
        var manager = CredentialManager.ForAgent(
            new CredentialManagerOptions { Identity = Identity(), ServerCertificates = true },
            FakeService.TunnelId,
            state,
            () => [],
            logs,
            time,
            TimeProvider.System,
            callCheckpoint: () => newest
        );
        managers.Add(manager);
        loops = 4;
        Run(manager);
        await Ready(manager);
        await Until(() => service.Count(Checkpoints) == 1, TimeSpan.FromMilliseconds(100));
        var reports = service.Count(Reports);
        manager.RequestReport();
        await Until(() => service.Count(Reports) > reports, TimeSpan.FromMilliseconds(100));

        newest = "second";
        manager.RequestReport();
        await Until(() => service.Count(Checkpoints) > 1, TimeSpan.FromMilliseconds(100));

        service
            .Of(Checkpoints)
            .Select(one => one.Body)
            .ShouldBe(["""{"checkpoint":"first"}""", """{"checkpoint":"second"}"""]);
    }

    // Whoever mends the configuration should not wait out the back-off of the one before.
    [Fact]
    public async Task PrepareIdentity_Used_ProvesInTheNewWayAtOnce()
    {
        File.Move(TokenFile, TokenFile + ".elsewhere");
        var manager = Agent();
        Run(manager);
        await Until(() => logs.Count(EventIds.EnrolmentFailed) >= 5, TimeSpan.FromSeconds(10));
        var use = manager.PrepareIdentity(
            Identity() with
            {
                RuleId = "fdrl_2",
                Token = new() { File = TokenFile + ".elsewhere" },
                Network = NetworkOptions.Default with { Family = AddressFamily.InterNetwork },
            }
        );
        service.Count(Exchange).ShouldBe(0); // prepared is not in force

        use();

        await Until(() => manager.Identity is not null, TimeSpan.Zero);
        service.Of(Exchange)[0].Body.ShouldContain("fdrl_2");
    }

    // S10 and style: whatever goes wrong, no token is in any line.
    [Fact]
    public async Task Logs_OfRefusalsThatEchoTheToken_DoNotShowIt()
    {
        service.Intercept = async (request, context) =>
        {
            if (request.Path == Exchange && service.Count(Exchange) > 2)
            {
                return false;
            }

            var echo = request.Path == Exchange ? "idp.token.1" : request.Bearer;
            await FakeService.RefuseAsync(context, 401, "auth.failed", $"bad {echo}");
            return true;
        };
        var manager = Agent();
        Run(manager);

        await Until(() => logs.Count(EventIds.EnrolmentFailed) >= 4, TimeSpan.FromSeconds(1));

        logs.Lines.ShouldAllBe(l => !l.Contains("idp.token.1") && !l.Contains("access-"));
        logs.Lines.ShouldContain(l => l.Contains("auth.failed") && l.Contains("req_1"));
    }

    private void RefuseFeedOf(string serial, int status, string code) =>
        service.Intercept = async (request, context) =>
        {
            var isRefused = request.Path == Feed && request.ClientSerial == serial;
            if (isRefused)
            {
                await FakeService.RefuseAsync(context, status, code);
            }

            return isRefused;
        };

    private string StatePath => Path.Combine(folder.FullName, "state");

    private IdentityOptions Identity() =>
        new()
        {
            Url = service.ApiUrl,
            CaFile = Path.Combine(folder.FullName, "ca.pem"),
            OrganizationId = "org",
            RuleId = "fdrl_1",
            Token = new() { File = TokenFile },
        };

    private CredentialManager<AgentFeed> Agent(
        IdentityOptions? identity = null,
        bool serverCertificates = true,
        string tunnelId = FakeService.TunnelId
    )
    {
        state = StateDirectory.Open(StatePath);
        var route = new AgentReportRoute
        {
            Name = "docs",
            Hostname = "docs.x.tunnel.test",
            UpstreamHealthy = true,
            Detail = "",
        };
        var manager = CredentialManager.ForAgent(
            new CredentialManagerOptions { Identity = identity ?? Identity(), ServerCertificates = serverCertificates },
            tunnelId,
            state,
            () => [route],
            logs,
            time,
            TimeProvider.System
        );
        managers.Add(manager);
        loops = serverCertificates ? 4 : 3;
        manager.IdentityChanged = (changed, _) =>
        {
            identities.Add(changed.Credential.Serial);
            return ValueTask.CompletedTask;
        };
        manager.ServerCertificateChanged = (changed, _) =>
        {
            servers.Add(changed.Serial);
            return ValueTask.CompletedTask;
        };
        return manager;
    }

    private void Run(CredentialManager<AgentFeed> manager) => running = manager.RunAsync(stop.Token);

    private Task Ready(CredentialManager<AgentFeed> manager) =>
        Until(
            () =>
                manager is { Identity: not null, Feed: not null, ServerCertificate: not null }
                && Report()?.Serials.Server is not null,
            TimeSpan.FromMilliseconds(20)
        );

    // The clock moves on only while every loop is at rest, on a timer or in a poll: real calls take no fake time.
    private Task Until(Func<bool> condition, TimeSpan step) =>
        Eventually.UntilAsync(
            condition,
            () =>
            {
                if (time.PendingTimers + service.WaitingPolls >= loops)
                {
                    time.Advance(step);
                }
            }
        );

    private AgentReport? Report() =>
        service.Of(Reports) is [.., var last]
            ? JsonSerializer.Deserialize(last.Body, WireJson.Default.AgentReport)
            : null;

    private static async Task<IReadOnlyList<string?>> Readiness(CredentialManager<AgentFeed> manager)
    {
        var reasons = new List<string?>();
        foreach (var check in manager.Checks)
        {
            reasons.Add(await check.Evaluate(TestContext.Current.CancellationToken));
        }

        return reasons;
    }

    private async Task StopAsync()
    {
        await stop.CancelAsync();
        try
        {
            await running;
        }
        catch (OperationCanceledException)
        {
            // how a run ends
        }

        state?.Dispose();
        stop.Dispose();
        stop = new CancellationTokenSource();
    }
}

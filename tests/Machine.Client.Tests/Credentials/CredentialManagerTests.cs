using System.Net.Sockets;
using System.Text.Json;
using Culvert.Machine.Client.Access;
using Culvert.Machine.Client.Credentials;
using Culvert.Machine.Client.State;
using Culvert.Machine.Client.Tests.Support;
using Culvert.Platform.Certificates;
using Culvert.Platform.Logging;
using Culvert.Platform.Net;
using Culvert.Platform.Programs;
using Culvert.Platform.Secrets;
using Culvert.Platform.Wire;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Culvert.Machine.Client.Tests.Credentials;

public sealed class CredentialManagerTests : CredentialManagerTest
{
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
        report.Epochs.ShouldBe(new AgentReportEpochs(Platform: 1, TrustBundle: 1));
        report.Serials.Platform.ShouldBe(manager.Identity.Credential.Serial);
        report.Serials.Server.ShouldBe(manager.ServerCertificate!.Serial);
        report.Routes[0].Name.ShouldBe("docs");
    }

    // Another program that reads the files when the agent reports ready, or the next process after a kill, finds the
    // credentials that the agent uses.
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

    // S7: the enrolment goes to the public API with the identity provider's token, the rest over mutual TLS.
    [Fact]
    public async Task Run_NewAgent_UsesEachDoorAsItShould()
    {
        var manager = Agent();
        Run(manager);
        await Ready(manager);

        service.Count(Exchange).ShouldBe(0);
        var enrolment = service.Of(Enrol).ShouldHaveSingleItem();
        var sent = JsonSerializer.Deserialize(enrolment.Body, WireJson.Default.AgentEnrollmentRequest)!;
        (sent.Assertion, sent.FederationRuleId, sent.OrganizationId).ShouldBe(("idp.token.1", "fdrl_1", "org"));
        (sent.ServiceAccountId, sent.WorkspaceId).ShouldBe((null, null));
        enrolment.Bearer.ShouldBeEmpty();
        enrolment.ClientSerial.ShouldBeNull();
        service.Of(Feed)[0].ClientSerial.ShouldBe(manager.Identity!.Credential.Serial);
        service.Of(Feed)[0].Query.ShouldBe("?since=0&wait=30s");
    }

    // N+1 with N: a service that knows no assertions here has read none.
    [Fact]
    public async Task Run_ServiceKnowsNoAssertions_ExchangesAndEnrolsByAccessToken()
    {
        service.KnowsAssertions = false;
        var manager = Agent();
        Run(manager);
        await Ready(manager);

        service.Of(Enrol).Select(r => r.Bearer).ShouldBe(["", "access-1"]);
        service.Of(Enrol)[1].Body.ShouldNotContain("\"idp.token.1\"");
        service.Of(Exchange).ShouldHaveSingleItem().Body.ShouldContain("idp.token.1");
        logs.Count(EventIds.EnrolmentFailed).ShouldBe(0);
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

        (service.Of(Exchange)[0].At - began).ShouldBeInRange(TimeSpan.FromMinutes(36), TimeSpan.FromMinutes(43));
        service.Count(Enrol).ShouldBe(1);
        service.Of(Renew)[0].ClientSerial.ShouldBe(first.Credential.Serial);
        service.Of(Renew)[0].Bearer.ShouldBe("access-1");
        service.Of(Exchange)[0].Body.ShouldContain("idp.token.2");
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
        var found = new AgentReportDoctor(CheckedAt: time.GetUtcNow(), Checks: []);
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

    // After a correction of the configuration the agent must not wait for the back-off of the previous one.
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
        service.Count(Enrol).ShouldBe(0); // prepared is not in force

        use();

        await Until(() => manager.Identity is not null, TimeSpan.Zero);
        service.Of(Enrol)[0].Body.ShouldContain("fdrl_2");
    }

    // S10 and style: whatever goes wrong, no token is in any line.
    [Fact]
    public async Task Logs_OfRefusalsThatEchoTheToken_DoNotShowIt()
    {
        service.Intercept = async (request, context) =>
        {
            if (request.Path == Exchange)
            {
                return false;
            }

            var isAsserted = request.Bearer.Length == 0;
            await FakeService.RefuseAsync(
                context,
                401,
                isAsserted && service.Count(Enrol) > 2 ? "auth.missing" : "auth.failed",
                $"bad {(isAsserted ? "idp.token.1" : request.Bearer)}"
            );
            return true;
        };
        var manager = Agent();
        Run(manager);

        await Until(() => logs.Count(EventIds.EnrolmentFailed) >= 4, TimeSpan.FromSeconds(1));

        logs.Lines.ShouldAllBe(l => !l.Contains("bad idp.token.1") && !l.Contains("bad access-"));
        logs.Lines.ShouldContain(l => l.Contains("auth.failed") && l.Contains("req_1"));
    }
}

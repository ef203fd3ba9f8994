using System.Text.Json;
using Culvert.Machine.Client.State;
using Culvert.Machine.Client.Tests.Support;
using Culvert.Platform.Logging;
using Culvert.Platform.Wire;
using Culvert.Testing;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Culvert.Machine.Client.Tests.Credentials;

/// <summary>How the manager polls, applies and acknowledges its feed, and what a refusal of it means.</summary>
public sealed class CredentialFeedTests : CredentialManagerTest
{
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

    // S10: a refusal by the service is not an outage. The revoked credential may be the token that proved the machine.
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
        await File.WriteAllTextAsync(TokenFile, "idp.token.2", TestContext.Current.CancellationToken);
        service.Change();

        await Until(() => identities.Count == 2, TimeSpan.FromMilliseconds(100));

        (time.GetUtcNow() - began).ShouldBeLessThan(TimeSpan.FromSeconds(5));
        service
            .Of(Enrol)
            .Select(r => JsonSerializer.Deserialize(r.Body, WireJson.Default.AgentEnrollmentRequest)!.Assertion)
            .ShouldBe(["idp.token.1", "idp.token.2"]);
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

            if (request.Path == Enrol)
            {
                await FakeService.RefuseAsync(context, 401, "exchange.failed");
            }

            return request.Path == Enrol;
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
            context.Abort(); // the service no longer answers
            return Task.FromResult(true);
        };
        var second = Agent();
        Run(second);
        await Eventually.UntilAsync(() => second.Withdrawal is not null, TestContext.Current.CancellationToken);
        second.Identity.ShouldBeNull();
        second.Feed.ShouldBeNull();
        (await Readiness(second))[0]!.ShouldContain("auth.peer_revoked");
    }

    // A response of a proxy, of another version of the service or of an internal error is not a refusal of this
    // machine.
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

        await Eventually.UntilAsync(
            () => service.Of(Feed).Any(call => call.Query.Contains("since=2")),
            TestContext.Current.CancellationToken
        );

        service.Of(Feed)[0].Query.ShouldNotContain("&held=");
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

        await Eventually.UntilAsync(() => logs.Count(EventIds.FeedRefused) > 0, TestContext.Current.CancellationToken);

        manager.Feed!.Tunnel.Id.ShouldBe(FakeService.TunnelId);
        await Eventually.UntilAsync(
            () => service.Of(Feed).Any(call => call.Query.Contains("since=2")),
            TestContext.Current.CancellationToken
        );
        service
            .Of(Feed)
            .Where(call => call.Query.Contains("since=2"))
            .ShouldAllBe(call => !call.Query.Contains("&held="), "what was refused is not held");
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
}

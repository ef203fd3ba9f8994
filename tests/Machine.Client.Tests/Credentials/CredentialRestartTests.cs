using Culvert.Machine.Client.Access;
using Culvert.Machine.Client.Tests.Support;
using Culvert.Platform.Logging;
using Culvert.Platform.Programs;
using Culvert.Platform.Wire;
using Culvert.Testing;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Culvert.Machine.Client.Tests.Credentials;

/// <summary>What the manager stores, and how it starts from that or without the service.</summary>
public sealed class CredentialRestartTests : CredentialManagerTest
{
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
        service.Count(Enrol).ShouldBeInRange(15, 60);

        away = false;
        await Until(() => manager.Identity is not null, TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task Run_RetryAfter_IsHonoured()
    {
        var manager = Agent();
        service.Intercept = async (request, context) =>
        {
            if (request.Path != Enrol || service.Count(Enrol) > 1)
            {
                return false;
            }

            context.Response.Headers.RetryAfter = "120";
            await FakeService.RefuseAsync(context, 429, "rate.limited");
            return true;
        };
        Run(manager);

        await Until(() => manager.Identity is not null, TimeSpan.FromSeconds(1));

        var tries = service.Of(Enrol);
        (tries[1].At - tries[0].At).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(119));
    }

    // The service answers a repeat of the same machine with what the first request made.
    [Fact]
    public async Task Run_EnrolmentFailsOnce_RepeatsTheSameRequest()
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

        service.Of(Enrol).Count.ShouldBe(2);
        service.Of(Enrol)[1].Body.ShouldBe(service.Of(Enrol)[0].Body);
        service.Count(Exchange).ShouldBe(0);
    }

    // Machines that share tokens share one exchange: a single-use identity token is spent by it.
    [Fact]
    public async Task Run_TokensAreSharedAndEnrolmentFailsOnce_UsesTheSameAccessTokenAgain()
    {
        var manager = Agent(Identity() with { TokenCache = Path.Combine(folder.FullName, "tokens") });
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
        await Eventually.UntilAsync(() => second.ServerCertificate is not null, TestContext.Current.CancellationToken);

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
        await Eventually.UntilAsync(() => service.Count(Enrol) == 2, TestContext.Current.CancellationToken);

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
        text.ShouldNotContain("\"0badc0de\"");
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
        await Eventually.UntilAsync(() => logs.Count(EventIds.FeedFailed) > 0, TestContext.Current.CancellationToken);

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
}

using Culvert.Machine.Client.Access;
using Culvert.Machine.Client.Calls;
using Culvert.Machine.Client.CertificateFiles;
using Culvert.Machine.Client.Tests.Support;
using Culvert.Platform.Wire;
using Culvert.Testing;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Culvert.Machine.Client.Tests.CertificateFiles;

public sealed class RotationJobTests : IAsyncLifetime
{
    private const string Order = "/v1/certificates";
    private const string Advice = "/v1/certificates/renewal";
    private static readonly TimeSpan Always = TimeSpan.FromHours(720);

    private readonly FakeTimeProvider time = new();
    private readonly string root = Directory.CreateTempSubdirectory("culvert-job-").FullName;
    private FakeService service = null!;

    private string Output => Path.Combine(root, "out");

    public async ValueTask InitializeAsync()
    {
        service = await FakeService.StartAsync(time);
        await File.WriteAllTextAsync(Path.Combine(root, "ca.pem"), service.Platform.RootPem);
        await File.WriteAllTextAsync(Path.Combine(root, "token"), "idp.token.1");
    }

    public async ValueTask DisposeAsync()
    {
        await service.DisposeAsync();
        Directory.Delete(root, recursive: true);
    }

    [Fact]
    public async Task Run_EmptyFolder_GetsACertificateAndTheNextRunNothing()
    {
        var first = await RunAsync();
        var second = await RunAsync();

        first.Outcome.ShouldBe(RotationOutcome.Renewed);
        second.Outcome.ShouldBe(RotationOutcome.Unchanged);
        second.Failure.ShouldBeNull();
        second.Certificate.ShouldBe(first.Certificate);
        service.Signed.ShouldBe(1);
        using var folder = CertificateFolder.Open(Output);
        folder.ReadCurrent()!.Serial.ShouldBe(first.Certificate!.Serial);
        folder.ReadBundle().ShouldBe(service.Tunnel.ChainPem);
        folder.LoadRequest(Url, FakeService.TunnelId).ShouldBeNull();
    }

    [Fact]
    public async Task Run_ByIdentityToken_IsOneRequest()
    {
        var first = await RunAsync(isFederated: true);

        first.Outcome.ShouldBe(RotationOutcome.Renewed);
        var order = service.Requests.ShouldHaveSingleItem();
        (order.Path, order.Bearer).ShouldBe((Order, ""));
        order.Body.ShouldContain("idp.token.1");
        using var folder = CertificateFolder.Open(Output);
        folder.ReadCurrent()!.Serial.ShouldBe(first.Certificate!.Serial);
        folder.ReadBundle().ShouldBe(service.Tunnel.ChainPem);
    }

    // N+1 with N: such a service has read no assertion, and its answer has no bundle.
    [Fact]
    public async Task Run_ServiceKnowsNoAssertions_ExchangesAndAsksForTheBundle()
    {
        service.KnowsAssertions = false;

        (await RunAsync(isFederated: true)).Outcome.ShouldBe(RotationOutcome.Renewed);

        service
            .Requests.Select(request => (request.Path, request.Bearer))
            .ShouldBe([(Order, ""), ("/v1/oauth/token", ""), (Order, "access-1"), (Advice, "access-1")]);
        service.Signed.ShouldBe(1);
        using var folder = CertificateFolder.Open(Output);
        folder.ReadBundle().ShouldBe(service.Tunnel.ChainPem);
    }

    // A token that is kept costs the identity provider's token nothing.
    [Fact]
    public async Task Run_WithAKeptAccessToken_UsesIt()
    {
        await RunAsync(isFederated: true);
        time.Advance(TimeSpan.FromHours(16) - TimeSpan.FromMinutes(1));
        await RunAsync(isFederated: true);
        time.Advance(TimeSpan.FromMinutes(2));

        (await RunAsync(TimeSpan.FromHours(8), isFederated: true)).Outcome.ShouldBe(RotationOutcome.Renewed);

        service.Of(Order).Select(order => order.Bearer).ShouldBe(["", "access-1"]);
        service.Count("/v1/oauth/token").ShouldBe(1);
    }

    // A life of 24 h, whose window is from 14.4 h to 16.8 h.
    [Theory]
    [InlineData(720, 12, false)]
    [InlineData(720, 17, true)]
    [InlineData(24, 12, false)]
    [InlineData(20, 3, false)]
    [InlineData(20, 5, true)]
    [InlineData(1, 12, false)]
    [InlineData(1, 17, true)]
    public async Task Run_Later_RenewsByWindowOrBoundWhicheverIsFirst(int renewBeforeHours, int hours, bool due)
    {
        await RunAsync();
        var before = ReadKey();

        time.Advance(TimeSpan.FromHours(hours));
        var later = await RunAsync(TimeSpan.FromHours(renewBeforeHours));

        later.Outcome.ShouldBe(due ? RotationOutcome.Renewed : RotationOutcome.Unchanged);
        (ReadKey() != before).ShouldBe(due);
    }

    // Signed, and the answer never came; the process may have died as well. The next run gets what was signed.
    [Fact]
    public async Task Run_AfterALostAnswer_GetsTheVeryCertificate()
    {
        service.Intercept = (request, context) =>
        {
            if (request.Path != Order || service.Signed > 0)
            {
                return Task.FromResult(false);
            }

            service.Sign(request, context);
            context.Abort();
            return Task.FromResult(true);
        };

        var lost = await RunAsync();
        var found = await RunAsync();

        lost.Outcome.ShouldBe(RotationOutcome.Failed);
        lost.Failure!.IsUndecided.ShouldBeTrue();
        found.Outcome.ShouldBe(RotationOutcome.Renewed);
        service.Signed.ShouldBe(1);
    }

    // The certificate is there, and the run ends before it is in force.
    [Fact]
    public async Task Run_WithoutTheBundle_ChangesNothingAndTheNextRunIsTheSame()
    {
        var broken = true;
        service.Intercept = async (request, context) =>
        {
            if (request.Path == Advice && broken)
            {
                await FakeService.RefuseAsync(context, 503, "store.unavailable");
            }

            return request.Path == Advice && broken;
        };

        (await RunAsync()).Outcome.ShouldBe(RotationOutcome.Failed);
        File.Exists(Path.Combine(Output, "tls.key")).ShouldBeFalse();
        broken = false;
        (await RunAsync()).Outcome.ShouldBe(RotationOutcome.Renewed);

        service.Signed.ShouldBe(1);
    }

    [Fact]
    public async Task Run_AnswerLostLongAgo_AsksAnew()
    {
        service.Intercept = (request, context) =>
        {
            if (request.Path != Order || service.Signed > 0)
            {
                return Task.FromResult(false);
            }

            service.Sign(request, context);
            context.Abort();
            return Task.FromResult(true);
        };
        await RunAsync();

        time.Advance(TimeSpan.FromHours(20));
        var later = await RunAsync();

        later.Outcome.ShouldBe(RotationOutcome.Renewed);
        (later.Certificate!.NotAfter - time.GetUtcNow()).ShouldBeGreaterThan(TimeSpan.FromHours(23));
        service.Signed.ShouldBe(2);
    }

    [Fact]
    public async Task Run_FirstRequestStillUnderWay_WaitsForIt()
    {
        var refusals = 0;
        service.Intercept = async (request, context) =>
        {
            if (request.Path != Order || ++refusals > 3)
            {
                return false;
            }

            await FakeService.RefuseAsync(context, 409, "idempotency.pending");
            return true;
        };

        var run = RunAsync();
        await Eventually.UntilAsync(
            () => run.IsCompleted,
            TestContext.Current.CancellationToken,
            () => time.Advance(TimeSpan.FromMilliseconds(100))
        );

        (await run).Outcome.ShouldBe(RotationOutcome.Renewed);
        service.Signed.ShouldBe(1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_CalledBack_RenewsAtOnce(bool revoked)
    {
        await RunAsync();
        var now = time.GetUtcNow();
        service.IsRevoked = revoked;
        service.SuggestedWindow = revoked
            ? null
            : new SuggestedWindow(Start: now.AddMinutes(-2), End: now.AddMinutes(-1));

        (await RunAsync()).Outcome.ShouldBe(RotationOutcome.Renewed);

        service.IsRevoked = false;
        service.SuggestedWindow = new SuggestedWindow(Start: now.AddHours(1), End: now.AddHours(2));
        (await RunAsync()).Outcome.ShouldBe(RotationOutcome.Unchanged);
    }

    [Fact]
    public async Task Run_NewTrustBundle_KeepsKeyAndCertificate()
    {
        await RunAsync();
        var key = ReadKey();
        service.OtherAnchors = new TestPki(time.GetUtcNow(), "Next").ChainPem;
        service.TrustBundleEpoch = 2;

        var changed = await RunAsync();

        changed.Outcome.ShouldBe(RotationOutcome.BundleChanged);
        changed.Certificate!.BundleEpoch.ShouldBe(2);
        ReadKey().ShouldBe(key);
        (await File.ReadAllTextAsync(Path.Combine(Output, "ca.crt"), TestContext.Current.CancellationToken)).ShouldBe(
            service.Tunnel.ChainPem + service.OtherAnchors
        );
        service.Signed.ShouldBe(1);
    }

    // The authority is gone from the bundle: new clients would refuse the leaf, so both change together.
    [Fact]
    public async Task Run_BundleThatNoLongerVouches_RenewsToo()
    {
        await RunAsync();
        service.Tunnel = new TestPki(time.GetUtcNow(), "Next");
        service.TrustBundleEpoch = 2;

        (await RunAsync()).Outcome.ShouldBe(RotationOutcome.Renewed);

        using var folder = CertificateFolder.Open(Output);
        folder.ReadBundle().ShouldBe(service.Tunnel.ChainPem);
    }

    [Theory]
    [InlineData(1, RotationOutcome.Unchanged)]
    [InlineData(17, RotationOutcome.Failed)]
    public async Task Run_ServiceAway_LeavesTheFilesAndSaysSo(int hours, RotationOutcome expected)
    {
        var first = await RunAsync();
        time.Advance(TimeSpan.FromHours(hours));
        service.Intercept = (_, context) =>
        {
            context.Abort();
            return Task.FromResult(true);
        };

        var away = await RunAsync();

        away.Outcome.ShouldBe(expected);
        away.Failure.ShouldNotBeNull();
        away.Certificate.ShouldBe(first.Certificate);
    }

    [Fact]
    public async Task Run_Refused_ForgetsTheRequest()
    {
        service.Intercept = async (request, context) =>
        {
            if (request.Path == Order && service.Count(Order) == 1)
            {
                await FakeService.RefuseAsync(context, 409, "ca.not_active");
                return true;
            }

            return false;
        };

        (await RunAsync()).Failure!.Code.ShouldBe("ca.not_active");
        await RunAsync();

        var sent = service.Of(Order);
        sent[1].Body.ShouldNotBe(sent[0].Body);
    }

    // A token from the cache may have been revoked: one fresh try tells the right from the token.
    [Fact]
    public async Task Run_TokenRefused_TriesOnceWithAFreshOne()
    {
        service.Intercept = async (request, context) =>
        {
            if (request.Bearer == "kept")
            {
                await FakeService.RefuseAsync(context, 401, "token.revoked");
            }

            return request.Bearer == "kept";
        };

        (await RunAsync()).Outcome.ShouldBe(RotationOutcome.Renewed);
    }

    [Fact]
    public async Task Run_FolderOfAnotherTunnel_IsRefused()
    {
        await RunAsync();

        (await Should.ThrowAsync<CertificateFolderException>(() => RunAsync(tunnelId: "tnl_2"))).Message.ShouldContain(
            FakeService.TunnelId
        );
    }

    [Fact]
    public async Task Run_WithACommand_OwesItFromBeforeTheChange()
    {
        await RunAsync(hasCommand: true);

        using var folder = CertificateFolder.Open(Output);
        folder.IsCommandOwed.ShouldBeTrue();
        folder.CommandIsDone();
        folder.IsCommandOwed.ShouldBeFalse();
    }

    private string Url => service.ApiUrl.AbsoluteUri.TrimEnd('/');

    private string ReadKey() => File.ReadAllText(Path.Combine(Output, "tls.key"));

    private async Task<RotationResult> RunAsync(
        TimeSpan? renewBefore = null,
        string tunnelId = FakeService.TunnelId,
        bool hasCommand = false,
        bool isFederated = false
    )
    {
        using var folder = CertificateFolder.Open(Output);
        var identity = new IdentityOptions
        {
            Url = service.ApiUrl,
            CaFile = Path.Combine(root, "ca.pem"),
            OrganizationId = "org",
            RuleId = "fdrl_1",
            Token = new() { File = Path.Combine(root, "token") },
        };
        var trust = new FirstTrust(identity, time, TimeProvider.System);
        var client = new IdentityClient(identity, trust, time, TimeProvider.System);
        var job = new RotationJob(
            folder,
            new RotationClient(
                identity,
                trust,
                isFederated
                    ? FederatedProof.Create(identity, client, folder.State.Path, time, TimeProvider.System)
                    : new KeptToken(),
                time,
                TimeProvider.System
            ),
            new RotationOptions
            {
                Url = Url,
                TunnelId = tunnelId,
                RenewBefore = renewBefore ?? Always,
                Unit = 0.5,
                HasCommand = hasCommand,
            },
            time
        );
        return await job.RunAsync(TestContext.Current.CancellationToken);
    }

    private sealed class KeptToken : IProofSource
    {
        private string token = "kept";

        public Task<ApiResult<Proof>> GetAsync(bool fresh, CancellationToken cancellationToken) =>
            Task.FromResult<ApiResult<Proof>>(new Proof(fresh ? "fresh" : token));

        public async Task<ApiResult<T>> UseAsync<T>(
            bool fresh,
            Func<Proof, Task<ApiResult<T>>> send,
            CancellationToken cancellationToken
        )
            where T : class => await send((await GetAsync(fresh, cancellationToken)).Value!);

        public Task ForgetAsync(CancellationToken cancellationToken)
        {
            token = "fresh";
            return Task.CompletedTask;
        }
    }
}

using Culvert.Identity.Service.Doctor;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Platform.Doctor;
using Culvert.Platform.Issuers;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Doctor;

public sealed class IssuersCheckTests : IDisposable
{
    private static readonly IssuerControl Killed = new(new IssuerKill { Issuer = true }, null);

    private readonly ServiceScene scene = new();
    private readonly KeyCacheBench bench = new();

    public void Dispose() => scene.Dispose();

    [Fact]
    public void Run_NoIssuer_Skips() => Run([]).Status.ShouldBe(DoctorStatus.Skip);

    [Fact]
    public void Run_NoDatabase_CannotTell() =>
        new IssuersCheck()
            .Run(scene.Facts() with { Store = new StoreState { Error = "away" } })
            .Summary.ShouldBe("Rests on database.");

    [Fact]
    public void Run_EveryKeySetFetched_Passes() =>
        Run([State(kept: null) with { IsTried = true }]).Status.ShouldBe(DoctorStatus.Pass);

    [Theory]
    [InlineData(0, DoctorStatus.Warn, "its keys of 2026-01-01 00:00:00Z are still accepted until 2026-01-08 00:00:00Z")]
    [InlineData(7, DoctorStatus.Fail, "its keys of 2025-12-25 00:00:00Z are too old, and its tokens are refused")]
    [InlineData(null, DoctorStatus.Fail, "it has no keys, and its tokens are refused")]
    public void Run_CannotBeFetched_FailsWhereNoKeyServes(int? days, DoctorStatus expected, string told)
    {
        var kept = days is { } age ? Kept(scene.Now.AddDays(-age)) : null;

        var found = Run([State(kept) with { Code = "issuer.unreachable", Failure = "jwks.url: away." }]);

        found.Status.ShouldBe(expected);
        found.Evidence.ShouldBe([
            $"The fetch of the keys of issuer idp ({bench.Issuer.Id.Value}) failed; {told}. jwks.url: away.",
        ]);
        found.Next.ShouldBe([
            "Check that the identity provider of idp runs, and that idp.test can be reached from this host.",
        ]);
    }

    [Theory]
    [InlineData(true, DoctorStatus.Warn)]
    [InlineData(false, DoctorStatus.Fail)]
    public void Run_OldKeys_ServeOnlyWhereTheyWereInUse(bool wereUsed, DoctorStatus expected)
    {
        var kept = Kept(scene.Now.AddDays(-2)) with { Proven = wereUsed ? ["thumbprint"] : [] };

        Run([State(kept) with { Code = "issuer.tls", Failure = "x" }]).Status.ShouldBe(expected);
    }

    [Fact]
    public void Run_Paused_IsToldHowToResume()
    {
        var stored = State(Kept(scene.Now)).Stored with { Control = new IssuerControl(null, scene.Now) };

        var found = Run([new IssuerState(stored)]);

        found.Status.ShouldBe(DoctorStatus.Warn);
        found.Next.Single().ShouldContain($"culvert issuer resume {bench.Issuer.Id.Value}");
    }

    [Fact]
    public void Run_Killed_WarnsAndIsToldHowToUndoIt()
    {
        var found = Run([new IssuerState(State(null).Stored with { Control = Killed })]);

        found.Status.ShouldBe(DoctorStatus.Warn);
        found.Next.Single().ShouldContain("--issuer --undo");
    }

    [Fact]
    public async Task Probe_KilledAndPausedOnes_AsksForNoKeys()
    {
        var stored = State(null).Stored;
        IReadOnlyList<StoredIssuer> issuers =
        [
            stored with
            {
                Control = Killed,
            },
            stored with
            {
                Control = new IssuerControl(null, scene.Now),
            },
        ];

        var found = await ProbeAsync(issuers);

        found.ShouldAllBe(state => !state.IsTried && state.Code == null);
        bench.Network.Requests.ShouldBe(0);
    }

    [Fact]
    public async Task Probe_ManyIssuers_TriesThoseWithoutKeysFirstAndNotMoreThanItsBound()
    {
        var (with, without) = (State(Kept(scene.Now)).Stored, State(null).Stored);
        StoredIssuer[] issuers =
        [
            .. Enumerable.Range(0, IssuerProbe.Most).Select(i => with with { Issuer = Named($"with-{i}") }),
            without with
            {
                Issuer = Named("without"),
            },
        ];

        var found = await ProbeAsync(issuers);

        found.Count(state => state.IsTried).ShouldBe(IssuerProbe.Most);
        found[^1].IsTried.ShouldBeTrue();
        found[^1].Code.ShouldBe("issuer.unreachable");
    }

    private Task<IReadOnlyList<IssuerState>> ProbeAsync(IReadOnlyList<StoredIssuer> issuers) =>
        new IssuerProbe(
            new KeySetFetch(bench.Network, new KeyFile(() => null)),
            new FetchOptions(),
            bench.Time
        ).RunAsync(issuers, TestContext.Current.CancellationToken);

    private DoctorFinding Run(IReadOnlyList<IssuerState> issuers) =>
        new IssuersCheck().Run(scene.Facts() with { Issuers = issuers });

    private Issuer Named(string name) => bench.Issuer with { Id = IssuerId.New(), Name = name };

    private IssuerState State(StoredKeySet? kept) => new(new StoredIssuer(bench.Issuer, IssuerControl.None, kept));

    private static StoredKeySet Kept(DateTimeOffset at) =>
        new("source", ReadOnlyMemory<byte>.Empty, "digest", at, TimeSpan.FromMinutes(10), null, null, []);
}

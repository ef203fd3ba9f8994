using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Culvert.Machine.Client.Credentials;
using Culvert.Platform.Certificates;
using Culvert.Platform.Programs;
using Culvert.Testing;
using Culvert.Testing.Dns;
using Culvert.Tunnel.Agent.Acme;
using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.InnerTls;
using Culvert.Tunnel.Agent.Telemetry;
using Culvert.Tunnel.Agent.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Tunnel.Agent.Tests.Acme;

/// <summary>One name from nothing to its certificate and beyond, with a real CA, a scripted directory and scripted DNS.</summary>
public sealed class AcmeRenewerTests : IAsyncLifetime
{
    private const string Name = "docs.t1.example.test";

    private readonly string folder = Directory.CreateTempSubdirectory("culvert-keeper-").FullName;
    private readonly ScriptedDns dns = ScriptedDns.Start();
    private readonly ChallengeDoor door = new();
    private readonly KeptTrail trail = new();
    private readonly NamedLeaves leaves = new(SslProtocols.Tls12 | SslProtocols.Tls13, TimeProvider.System);
    private Pebble pebble = null!;
    private ScriptedDirectory directory = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // The serials of all certificates, also of those that were replaced before anyone looked.
    private List<string> Issued =>
        [.. trail.Records.Cast<AcmeRecord>().Where(r => r.Event == "certificate").Select(r => r.Serial)];

    public async ValueTask InitializeAsync()
    {
        dns.Address(Name, "127.0.0.1");
        pebble = await Pebble.StartAsync(dns.EndPoint, door.Port);
        directory = await ScriptedDirectory.StartAsync(pebble);
    }

    public async ValueTask DisposeAsync()
    {
        await directory.DisposeAsync();
        await pebble.DisposeAsync();
        await door.DisposeAsync();
        await dns.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Keep_RecordIsMissingThenWrongThenRight_IsServedAndSurvivesARestart()
    {
        string serial;
        string account;
        await using (var run = Start())
        {
            var missing = await run.FailedAsync("acme.caa_missing");
            account = run.Keeper.Account.ShouldNotBeNull();
            var record = $"pebble.test; accounturi={account}; validationmethods=tls-alpn-01";
            missing.ShouldEndWith($"Publish: {Name}. CAA 0 issue \"{record}\"");

            dns.Issuers("t1.example.test", record.Replace(account, account + "0", StringComparison.Ordinal));
            await run.FailedAsync("acme.caa_account");
            dns.Issuers("t1.example.test", record, "other.test");
            await run.FailedAsync("acme.caa_other_authority");
            door.Opened.ShouldBe(0);

            dns.Issuers("t1.example.test", record);
            serial = await run.ServedAsync();
            run.Keeper.Status.Single().Failure.ShouldBeNull();
            run.Keeper.Status.Single().Caa.ShouldNotBeNull().ShouldContain("restrict");
        }

        foreach (var file in Directory.EnumerateFiles(folder, "acme-*"))
        {
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        leaves.Retain([]);
        await using var again = Start();
        (await again.ServedAsync()).ShouldBe(serial);
        door.Opened.ShouldBe(1);
    }

    [Fact]
    public async Task Keep_CaForgotItsAccounts_MakesAnotherWithTheSameKey()
    {
        await using var run = Start(unbound: true);
        await run.ServedAsync();
        await pebble.KillAsync();
        await pebble.StartAsync();

        run.Keeper.SetNames([Name, "b.t1.example.test"]);
        await run.FailedAsync("acme.account_unknown", "b.t1.example.test");
        dns.Address("b.t1.example.test", "127.0.0.1");
        await run.ServedAsync("b.t1.example.test");
    }

    [Fact]
    public async Task Keep_RateLimited_WaitsTheCasTimeOverARestart()
    {
        directory.RateLimit = 7200;
        await using (var run = Start(unbound: true))
        {
            (await run.FailedAsync("acme.rate_limited")).ShouldBe("order: too many certificates");
        }

        await using var again = Start(unbound: true);
        var status = again.Keeper.Status.Single();
        status.Failure.ShouldNotBeNull().Code.ShouldBe("acme.rate_limited");
        (status.NextAt - TimeProvider.System.GetUtcNow())
            .ShouldNotBeNull()
            .ShouldBeGreaterThan(TimeSpan.FromMinutes(110));
        directory.Refused.ShouldBe(1);
    }

    [Fact]
    public async Task Keep_CaIsDown_SaysSoAndServesOnceItIsBack()
    {
        await pebble.KillAsync();
        await using var run = Start(unbound: true, direct: true);
        await run.FailedAsync("acme.unreachable");

        await pebble.StartAsync();
        await run.ServedAsync();
    }

    [Fact]
    public async Task Keep_CaSuggestsToRenewNow_RenewsOnceAndNamesWhatItReplaces()
    {
        var now = TimeProvider.System.GetUtcNow();
        directory.Renewal = id =>
            directory.Asked[0] == id ? (now.AddDays(-2), now.AddDays(-1)) : (now.AddDays(20), now.AddDays(21));
        await using var run = Start(unbound: true);

        await run.UntilAsync(() =>
            run.Keeper.Status.Single().NextAt is { } next && next >= now.AddDays(20) && next <= now.AddDays(21)
        );

        var status = run.Keeper.Status.Single();
        Issued.Count.ShouldBe(2);
        status.Serial.ShouldBe(Issued[1]);
        Issued[1].ShouldNotBe(Issued[0]);
        directory.Asked.Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public async Task Keep_CaAlwaysSuggestsToRenewNow_IsObeyedOnceAndThenRarely()
    {
        var now = TimeProvider.System.GetUtcNow();
        directory.Renewal = _ => (now.AddDays(-2), now.AddDays(-1));
        await using var run = Start(unbound: true);

        await run.UntilAsync(() => Issued.Count == 2 && directory.Asked.Count == 2);

        await run.UntilAsync(() => run.Keeper.Status.Single().NextAt > now.AddDays(1));
        directory.Asked.Distinct().Count().ShouldBe(2);
    }

    [Fact] // RFC 9773 §4.3.3
    public async Task Keep_CaHasTroubleWhenAskedAboutARenewal_IsAskedAgainSoon()
    {
        directory.Renewal = _ => throw new InvalidOperationException("Answered with 500.");
        await using var run = Start(unbound: true);
        await run.ServedAsync();

        await run.UntilAsync(() => run.AskAt is not null);

        run.AskAt.ShouldNotBeNull().ShouldBeLessThan(TimeProvider.System.GetUtcNow().AddMinutes(2));
    }

    [Fact]
    public async Task Keep_WhateverItDoes_IsRecorded()
    {
        dns.Issuers("t1.example.test", "other.test");
        await using var run = Start();
        await run.FailedAsync("acme.caa_other_authority");
        dns.Issuers("t1.example.test", $"pebble.test; accounturi={run.Keeper.Account}; validationmethods=tls-alpn-01");
        var serial = await run.ServedAsync();

        var records = trail.Records.Cast<AcmeRecord>().ToList();
        records.Select(r => r.Event).Distinct().ShouldBe(["failure", "order", "challenge", "certificate"]);
        records.ShouldAllBe(r => r.Name == Name && r.Directory == directory.Url && r.Account == run.Keeper.Account);
        records[0].Reason.ShouldBe("acme.caa_other_authority");
        records[^2].Digest.Length.ShouldBe(43);
        records[^1].Serial.ShouldBe(serial);
        trail.Places.ShouldBe(0);
    }

    [Fact] // on_full: deny
    public async Task Keep_NothingCanBeRecorded_OrdersNothing()
    {
        trail.IsFull = true;
        await using var run = Start(unbound: true);

        await run.FailedAsync("acme.audit_unavailable");
        door.Opened.ShouldBe(0);
        trail.Records.ShouldBeEmpty();
    }

    [Fact]
    public async Task Use_OtherDirectory_ServesNothingOfTheOldAndOrdersAnew()
    {
        using var state = StateDirectory.Open(folder);
        using var metrics = new AgentMetrics();
        using var stop = new CancellationTokenSource();
        var keepers = new List<AcmeRenewer>();
        using var certificates = new PublicCertificates(
            SettingsOf(unbound: true, direct: false),
            KeyType.EcdsaP256,
            (settings, keyType) =>
            {
                keepers.Add(Run.NewKeeper(settings, keyType, state, leaves, door, metrics, trail));
                return keepers[^1];
            },
            leaves
        );
        certificates.SetNames([Name]);
        var running = certificates.RunAsync(stop.Token);
        await Eventually.UntilAsync(() => leaves.Find(Name) is not null, Token);
        var first = leaves.Find(Name)!.Pair.Serial;

        certificates.Use(SettingsOf(unbound: true, direct: false), KeyType.EcdsaP256); // says the same
        certificates.Use(SettingsOf(unbound: true, direct: true), KeyType.EcdsaP384);
        await Eventually.UntilAsync(() => leaves.Find(Name) is { } leaf && leaf.Pair.Serial != first, Token);

        leaves.Find(Name)!.Pair.Certificate.GetECDsaPublicKey()!.KeySize.ShouldBe(384);
        keepers.Count.ShouldBe(2);
        certificates.Status.ShouldHaveSingleItem().Failure.ShouldBeNull();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(running);
    }

    private Run Start(bool unbound = false, bool direct = false) =>
        new(SettingsOf(unbound, direct), folder, leaves, door, trail);

    private AcmeSettings SettingsOf(bool unbound, bool direct) =>
        AcmeSettings.None with
        {
            Origin = $"{unbound} {direct}",
            Directory = direct ? pebble.DirectoryUrl : directory.Url,
            Roots = [pebble.ServerRoot, directory.Root],
            AllowedRanges = Support.Tunnel.Ranges("127.0.0.0/8"),
            Resolvers = [dns.EndPoint],
            DangerousAllowUnbound = unbound,
        };

    /// <summary>A keeper at work.</summary>
    private sealed class Run : IAsyncDisposable
    {
        private readonly StateDirectory state;
        private readonly CancellationTokenSource stop = new();
        private readonly AgentMetrics metrics = new();
        private readonly NamedLeaves leaves;
        private readonly Task running;

        public Run(AcmeSettings settings, string folder, NamedLeaves leaves, ChallengeDoor door, IAuditTrail trail)
        {
            this.leaves = leaves;
            state = StateDirectory.Open(folder);
            Keeper = NewKeeper(settings, KeyType.EcdsaP256, state, leaves, door, metrics, trail);
            Keeper.SetNames([Name]);
            running = Keeper.RunAsync(stop.Token);
        }

        public AcmeRenewer Keeper { get; }

        /// <summary>When the CA is asked about the renewal next.</summary>
        public DateTimeOffset? AskAt => new AcmeStore(state, Keeper.Directory).LoadNames().SingleOrDefault()?.AskAt;

        public static AcmeRenewer NewKeeper(
            AcmeSettings settings,
            KeyType keyType,
            StateDirectory state,
            NamedLeaves leaves,
            ChallengeDoor door,
            AgentMetrics metrics,
            IAuditTrail trail
        ) =>
            new(
                settings,
                keyType,
                new AcmeInstance(state, Early()),
                leaves,
                new AcmeChallengeSources(
                    door,
                    new ChallengeRegistry(() => null, TimeProvider.System, NullLogger<ChallengeRegistry>.Instance)
                ),
                new AcmeRecords(metrics, trail, NullLoggerFactory.Instance),
                TimeProvider.System
            );

        public string? Serial(string name) => leaves.Find(name)?.Pair.Serial;

        public async Task<string> ServedAsync(string name = Name)
        {
            await UntilAsync(() => Serial(name) is not null);
            return Serial(name)!;
        }

        public async Task<string> FailedAsync(string code, string name = Name)
        {
            await UntilAsync(() => Keeper.Status.FirstOrDefault(s => s.Name == name)?.Failure?.Code == code);
            return Keeper.Status.First(s => s.Name == name).Failure!.Detail;
        }

        public Task UntilAsync(Func<bool> condition) =>
            Eventually.UntilAsync(
                condition,
                Token,
                meanwhile: () => running.IsFaulted.ShouldBeFalse($"{running.Exception}"),
                details: () => string.Join(" | ", Keeper.Status)
            );

        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Keeper.Dispose();
            metrics.Dispose();
            state.Dispose();
            stop.Dispose();
        }

        // An agent whose place among others is the first, so that no test waits for its turn.
        private static string Early() =>
            Enumerable
                .Range(0, 100_000)
                .Select(i => $"agent-{i}")
                .First(i =>
                    RenewalPlan.GetUnit($"{i} {Name}") < 0.02 && RenewalPlan.GetUnit($"{i} b.t1.example.test") < 0.05
                );
    }
}

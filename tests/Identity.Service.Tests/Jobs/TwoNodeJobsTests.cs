using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Culvert.Ca.Keys;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Certificates.PlatformAuthorities;
using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tests.Webhooks;
using Culvert.Identity.Service.Tunnels.Hostnames;
using Culvert.Identity.Service.Webhooks;
using Culvert.Platform.Addresses;
using Culvert.Testing.Dns;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using ScriptedDns = Culvert.Testing.Dns.ScriptedDns;

namespace Culvert.Identity.Service.Tests.Jobs;

/// <summary>Two service hosts on one PostgreSQL run the same job at the same time: each due item has one effect.</summary>
public sealed partial class TwoNodeJobsTests
{
    private static readonly string[] Names = [.. Enumerable.Range(0, 8).Select(i => $"n{i}.example.com")];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ExpiryNotices_OnBothNodesAtOnce_TellOfEachCertificateOnce()
    {
        const int Certificates = 24;
        const int Webhooks = 2;
        await using var one = await StartAsync(services =>
            services.AddSingleton<IWebhookSender>(new ScriptedWebhookSender())
        );
        await using var other = await one.JoinAsync("node-2");
        await CreateWebhooksAsync(one, Webhooks);
        var organization = (await one.Api.GetOkAsync("/v1/organizations/current")).Id();
        for (var i = 0; i < Certificates; i++)
        {
            await InsertExpiringAsync(one, organization, $"{i}.tunnel.test");
        }

        await RunOnBothAsync("expiry_notices", one, other);

        Count(one, $"SELECT COUNT(*) FROM journal WHERE event = '{AuditEvents.ExpiryNotice}'").ShouldBe(Certificates);
        Count(one, "SELECT COUNT(*) FROM webhook_deliveries WHERE event = 'certificate.expiring'")
            .ShouldBe(Certificates * Webhooks);
    }

    [Fact]
    public async Task WebhookDeliveries_OnBothNodesAtOnce_SendEachMessageOnce()
    {
        const int Webhooks = 8;
        var receiver = new ScriptedWebhookSender();
        await using var one = await StartAsync(services => services.AddSingleton<IWebhookSender>(receiver));
        await using var other = await one.JoinAsync("node-2");
        // Paused, so that the messages wait until both nodes look.
        await one.Api.PostOkAsync("/v1/jobs/webhook_deliveries/pause", """{"reason":"a test"}""");
        foreach (var webhook in await CreateWebhooksAsync(one, Webhooks))
        {
            await one.Api.PostOkAsync($"/v1/webhooks/{webhook}/test");
        }

        var made = await Task.WhenAll(
            new[] { one, other }.Select(node => Task.Run(() => node.Get<WebhookDeliverer>().RunAsync(Cancel), Cancel))
        );

        made.Sum().ShouldBe(Webhooks);
        receiver.Sent.Select(sent => sent.Headers["webhook-id"]).Distinct().Count().ShouldBe(Webhooks);
        receiver.Sent.Count.ShouldBe(Webhooks);
        Count(one, "SELECT COUNT(*) FROM webhook_deliveries WHERE state = 'delivered' AND attempts = 1")
            .ShouldBe(Webhooks);
    }

    [Fact]
    public async Task Hostnames_OnBothNodesAtOnce_CountOneMissADayAndSuspendOnce()
    {
        var suffixes = Path.GetTempFileName();
        await File.WriteAllLinesAsync(suffixes, ["com"], Cancel);
        await using var dns = ScriptedDns
            .Start()
            .NameServer("example.com", "ns.example.com")
            .Address("ns.example.com", "127.0.0.1");
        await using var one = await StartAsync(options: options => WithNameServer(options, dns, suffixes));
        await using var other = await one.JoinAsync("node-2");
        var tunnel = (await one.Api.PostOkAsync("/v1/tunnels")).Id();
        foreach (var name in Names)
        {
            var path = $"/v1/tunnels/{tunnel}/hostnames";
            var added = await one.Api.PostOkAsync(path, JsonSerializer.Serialize(new { name }));
            dns.Text("_culvert." + name, added.Text("txt_value")!);
            (await one.Api.PostOkAsync($"{path}/{name}/check")).Text("state").ShouldBe("active");
            dns.Remove("_culvert." + name, DnsType.Txt);
        }

        for (var day = 1; day <= 3; day++)
        {
            one.Time.JumpTo(one.Time.GetUtcNow() + HostnamePlan.CheckEvery + TimeSpan.FromSeconds(1));
            await RunOnBothAsync("hostnames", one, other);
            (await MissesAsync(one, tunnel)).ShouldAllBe(misses => misses == day);
        }

        Count(one, $"SELECT COUNT(*) FROM journal WHERE event = '{AuditEvents.HostnameSuspended}'")
            .ShouldBe(Names.Length);
        File.Delete(suffixes);
    }

    [Fact]
    public async Task PlatformRoots_OnBothNodesAtOnce_RetireTheOldRootOnce()
    {
        const string Roots = "/v1/platform_ca/roots";
        await using var bench = await MachineBench.StartAsync(OnPostgres);
        await using var other = await bench.Service.JoinAsync("node-2");
        var staged = (await bench.Service.Api.PostOkAsync(Roots))
            .GetProperty("roots")
            .EnumerateArray()
            .Single(root => root.Text("state") == "staged");
        await bench.JumpAsync(TimeSpan.FromHours(2));
        await bench.Service.Api.PostOkAsync($"{Roots}/{staged.Id()}/activate");
        await bench.JumpAsync(TimeSpan.FromHours(25));
        // Both know of the switch, so that both find the old root due.
        await other.Get<PlatformCa>().LoadAsync(renews: false, Cancel);

        await Task.WhenAll(
            new[] { bench.Service, other }.Select(node =>
                Task.Run(() => node.Get<PlatformRootCommands>().RetireAsync(Cancel), Cancel)
            )
        );

        Count(bench.Service, $"SELECT COUNT(*) FROM journal WHERE event = '{AuditEvents.PlatformRootRetired}'")
            .ShouldBe(1);
        (await bench.Service.Api.GetOkAsync(Roots)).GetProperty("epoch").GetInt64().ShouldBe(3);
    }

    [Fact]
    public async Task EdgeHandovers_OnBothNodesAtOnce_EndEachOnce()
    {
        await using var one = await StartAsync();
        await using var other = await one.JoinAsync("node-2");
        for (var i = 0; i < 3; i++)
        {
            await one.Api.PostOkAsync("/v1/edges", $$"""{"name":"edge-{{i}}","addresses":["e:1"]}""");
        }

        var left = (one.Time.GetUtcNow() - one.Options.Tunnels.EdgeHandover).ToUnixTimeMilliseconds();
        Count(one, $"UPDATE edge_assignment_changes SET at_ms = {left} RETURNING ordinal");
        var before = one.Get<IRevisions>().Current;
        await RunOnBothAsync("edge_handovers", one, other);
        Count(one, "SELECT COUNT(*) FROM edge_assignment_changes WHERE agents_left = 1").ShouldBe(3);
        Count(one, "UPDATE edge_assignment_changes SET at_ms = 0 RETURNING ordinal");
        await RunOnBothAsync("edge_handovers", one, other);

        Count(one, "SELECT COUNT(*) FROM edge_assignment_changes").ShouldBe(0);
        one.Get<IRevisions>().Current.ShouldBe(before + 2);
    }

    [Fact]
    public async Task AuditRetention_OnBothNodesAtOnce_DropsAndCountsEachBodyOnce()
    {
        var logs = new CapturedLogs();
        await using var one = await StartAsync(
            logs.AddTo,
            options => options with { AuditRetention = TimeSpan.FromHours(1) }
        );
        await using var other = await one.JoinAsync("node-2");
        foreach (var node in new[] { one, other })
        {
            await Task.WhenAll(Enumerable.Range(0, 1100).Select(_ => CommitThingAsync(node)));
        }

        one.Time.JumpTo(one.Time.GetUtcNow() + TimeSpan.FromHours(2));
        await RunOnBothAsync("audit_retention", one, other);

        var dropped = Count(one, "SELECT COUNT(*) FROM journal WHERE body IS NULL");
        dropped.ShouldBeGreaterThan(2200);
        logs.Lines.Select(line => DroppedBodies().Match(line))
            .Where(match => match.Success)
            .Sum(match => long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))
            .ShouldBe(dropped);
    }

    private static Task<ServiceUnderTest> StartAsync(
        Action<IServiceCollection>? configure = null,
        Func<ServiceOptions, ServiceOptions>? options = null
    ) => ServiceUnderTest.StartAsync(configure, given => OnPostgres(options?.Invoke(given) ?? given));

    private static ServiceOptions OnPostgres(ServiceOptions options) =>
        options with
        {
            Storage = ServiceUnderTest.OptionsIn(options.StateDirectory, StorageBackend.Postgres).Storage,
        };

    private static ServiceOptions WithNameServer(ServiceOptions options, ScriptedDns dns, string suffixes)
    {
        AddressRanges.TryParse(["127.0.0.0/8"], out var loopback, out _).ShouldBeTrue();
        return options with
        {
            Tunnels = options.Tunnels with
            {
                Hostnames = new HostnameOptions
                {
                    PublicSuffixFile = suffixes,
                    Resolvers = [dns.EndPoint],
                    NameServerPort = dns.EndPoint.Port,
                    PrivateNameServers = loopback,
                },
            },
        };
    }

    private static async Task RunOnBothAsync(string job, params ServiceUnderTest[] nodes)
    {
        var rounds = await Task.WhenAll(
            nodes.Select(node => Task.Run(() => node.Api.PostOkAsync($"/v1/jobs/{job}/run", "{}"), Cancel))
        );
        foreach (var round in rounds)
        {
            round.GetProperty("last_run").Text("outcome").ShouldBe("succeeded");
        }
    }

    private static async Task<IReadOnlyList<string>> CreateWebhooksAsync(ServiceUnderTest node, int count)
    {
        var ids = new List<string>();
        for (var i = 0; i < count; i++)
        {
            ids.Add((await node.Api.PostOkAsync("/v1/webhooks", """{"url":"https://hooks.test/x"}""")).Id());
        }

        return ids;
    }

    private static async Task InsertExpiringAsync(ServiceUnderTest node, string organization, string identity)
    {
        var now = node.Time.GetStoreNow();
        var record = new CertificateRecord
        {
            Id = CertificateId.New(),
            Serial = Convert.ToHexStringLower(RandomBytes.Get(18)),
            Kind = CertificateKind.Server,
            Status = CertificateStatus.Intent,
            OrganizationId = organization,
            Identity = identity,
            IssuedAt = now - TimeSpan.FromDays(90),
            NotBefore = now - TimeSpan.FromDays(90),
            NotAfter = now + TimeSpan.FromDays(10),
        };
        using var key = IssuerKey.Generate(KeyAlgorithm.EcdsaP256);
        var certificates = node.Get<CertificateStore>();
        await CommitAsync(node, new Decision { Statements = [certificates.InsertIntent(record, key.PublicKey)] });
        await CommitAsync(
            node,
            new Decision { Statements = [certificates.Complete(record.Id, record.Serial, new byte[] { 1 })] }
        );
    }

    private static Task CommitThingAsync(ServiceUnderTest node) =>
        CommitAsync(node, new Decision { Event = new ThingHappened(node.Time.GetUtcNow()) });

    private static async Task CommitAsync(ServiceUnderTest node, Decision decision) =>
        (await node.Get<IJournal>().CommitAsync(decision, Cancel)).IsCommitted.ShouldBeTrue();

    private static async Task<IReadOnlyList<long>> MissesAsync(ServiceUnderTest node, string tunnel)
    {
        var misses = new List<long>();
        foreach (var name in Names)
        {
            var found = await node.Get<HostnameStore>().FindAsync(TunnelId.Wrap(tunnel), name, Cancel);
            misses.Add(found!.Misses);
        }

        return misses;
    }

    private static long Count(ServiceUnderTest node, string sql)
    {
        using var connection = node.Get<Database>().OpenWrite();
        return connection.ExecuteScalar<long>(sql);
    }

    [GeneratedRegex(" 5003 Retention dropped ([0-9]+) bodies ", RegexOptions.CultureInvariant)]
    private static partial Regex DroppedBodies();
}

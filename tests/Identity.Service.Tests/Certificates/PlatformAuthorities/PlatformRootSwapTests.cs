using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Culvert.Identity.Service.Certificates.PlatformAuthorities;
using Culvert.Identity.Service.Certificates.ServiceCertificates;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Machine.Client.Access;
using Culvert.Machine.Client.Calls;
using Culvert.Machine.Client.Dialects;
using Culvert.Platform.Certificates;
using Culvert.Platform.Wire;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.PlatformAuthorities;

/// <summary>The root of the platform CA changes (S11), with machines over real TLS.</summary>
public sealed class PlatformRootSwapTests
{
    private const string Roots = "/v1/platform_ca/roots";

    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Swap_WaitsForAgentsAndEdges_ThenSignsUnderTheNewRoot()
    {
        await using var bench = await MachineBench.StartAsync();
        var (agent, agentClient) = await bench.JoinAsync(bench.AgentToken());
        var (edge, edgeClient) = await JoinEdgeAsync(bench);
        await agentClient.GetOkAsync("/v1/agent/feed");
        var old = bench.Service.Get<PlatformCa>().Root.Fingerprint;

        var prepared = await bench.Service.Api.PostOkAsync(Roots);
        var next = Root(prepared, "staged");
        prepared.GetProperty("epoch").GetInt64().ShouldBe(2);
        // Repeated, it is the same one.
        Root(await bench.Service.Api.PostOkAsync(Roots), "staged").ShouldBe(next);
        await bench
            .Service.Api.PostAsync($"{Roots}/{next}/activate", null)
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "platform_root.state");
        await bench.JumpAsync(TimeSpan.FromMinutes(1));

        // No machine has acknowledged; then only the agent; an acknowledgement of an epoch that was not served does not
        // count.
        await ReportAsync(edgeClient, EdgeReport(edge.Certificate.Serial, 2));
        (await MissingAsync(bench, next)).ShouldBe([agent.Id, edge.Id], ignoreOrder: true);
        await FollowAsync(agentClient, agent.Certificate.Serial);
        (await MissingAsync(bench, next)).ShouldBe([edge.Id]);
        var feed = await edgeClient.GetOkAsync("/v1/edge/feed");
        feed.GetProperty("platform_bundle").GetProperty("epoch").GetInt64().ShouldBe(2);
        (await MissingAsync(bench, next)).ShouldBe([edge.Id]);
        await ReportAsync(edgeClient, EdgeReport("00", 2));
        (await MissingAsync(bench, next)).ShouldBe([edge.Id]);
        await ReportAsync(edgeClient, EdgeReport(edge.Certificate.Serial, 2));
        await bench.Service.Api.PostOkAsync($"{Roots}/{next}/activate");

        bench.Service.Get<PlatformCa>().Root.Fingerprint.ShouldNotBe(old);
        // Machines that joined before continue; a machine that joins now gets a certificate of the new root.
        (await agentClient.GetOkAsync("/v1/agent/feed"))
            .GetProperty("revision")
            .GetInt64()
            .ShouldBePositive();
        var (late, lateClient) = await bench.JoinAsync(bench.AgentToken(), "two");
        (await lateClient.GetOkAsync("/v1/agent/feed")).GetProperty("revision").GetInt64().ShouldBePositive();
        var roots = AnchorsOf(late.PlatformBundle);
        roots.Count.ShouldBe(2);
        roots[0].GetCertHashString().ShouldNotBe(roots[1].GetCertHashString());
        foreach (var root in roots)
        {
            // By the new root, and by the old one over the link.
            Accepts(bench, root.ExportCertificatePem(), late.Certificate).ShouldBeTrue();
        }

        // A day later nothing of the old root is in use: it leaves, and its key is destroyed.
        await bench.Service.Get<PlatformRootCommands>().RetireAsync(Cancel);
        (await ShowAsync(bench)).GetProperty("epoch").GetInt64().ShouldBe(2);
        await bench.JumpAsync(TimeSpan.FromHours(24) + TimeSpan.FromMinutes(5));
        await bench.Service.Get<PlatformRootCommands>().RetireAsync(Cancel);
        (await ShowAsync(bench)).GetProperty("epoch").GetInt64().ShouldBe(3);
        var stored = bench.Service.Get<PlatformCa>().Roots;
        stored.Trusted.ShouldHaveSingleItem().Id.Value.ShouldBe(next);
        stored
            .Records.Authorities.Where(authority => authority.Certificate.Fingerprint == old)
            .ShouldHaveSingleItem()
            .SealedKey.ShouldBeNull();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Sleeper_ThroughWholeSwaps_ConnectsAndEnrolsByItsOldPin(int swaps)
    {
        await using var bench = await MachineBench.StartAsync();
        var pin = bench.Service.Get<PlatformCa>().Root.Fingerprint;
        var (before, _) = await bench.JoinAsync(bench.AgentToken());
        for (var i = 0; i < swaps; i++)
        {
            await SwapAsync(bench);
            // The old root leaves the bundle.
            await bench.JumpAsync(TimeSpan.FromHours(25));
            await bench.Service.Get<PlatformRootCommands>().RetireAsync(Cancel);
        }

        // The links hold for 400 days.
        await bench.JumpAsync(TimeSpan.FromDays(390));

        AnchorsOf(bench.Service.Get<PlatformCa>().Bundle).ShouldHaveSingleItem();
        var (woken, credential) = await EnrolByPinAsync(bench, pin);
        woken.Id.ShouldBe(before.Id);

        // Even with the bundle that it fell asleep with, it believes the machine port.
        PlatformTrust.TryCreate("identity.test", before.PlatformBundle.Pem, out var stale).ShouldBeTrue();
        using var client = new MachineClient(
            bench.Service.MachineUrl,
            credential,
            () => stale,
            () => RevokedSerialSet.None,
            bench.Service.Time
        );
        var feed = await client.AgentFeedAsync(0, TimeSpan.Zero, Cancel);
        feed.Failure.ShouldBeNull();
        feed.Value!.Feed!.PlatformBundle.Epoch.ShouldBe(1 + (2 * swaps));
        // And a peer that slept with it believes the agent's own chain.
        Accepts(bench, before.PlatformBundle.Pem, woken.Certificate).ShouldBeTrue();
    }

    [Fact]
    public async Task Swap_TheServicesOwnCertificates_MoveToTheNewRoot()
    {
        await using var bench = await MachineBench.StartAsync();
        var own = bench.Service.Get<IApiCertificate>();
        var renewal = bench.Service.Services.GetServices<IHostedService>().OfType<ServiceCertificateRenewal>().Single();
        var next = Root(await bench.Service.Api.PostOkAsync(Roots), "staged");
        await bench.JumpAsync(TimeSpan.FromHours(2));
        await renewal.RenewAsync(Cancel);
        var before = own.Machine.TargetCertificate.SerialNumber;
        await renewal.RenewAsync(Cancel);
        own.Machine.TargetCertificate.SerialNumber.ShouldBe(before, "nothing is due");

        await bench.Service.Api.PostOkAsync($"{Roots}/{next}/activate");
        await renewal.RenewAsync(Cancel);

        own.Machine.TargetCertificate.SerialNumber.ShouldNotBe(before);
    }

    [Fact]
    public async Task Sleeper_LongerThanTheLink_IsRefusedByItsPin()
    {
        await using var bench = await MachineBench.StartAsync();
        var pin = bench.Service.Get<PlatformCa>().Root.Fingerprint;
        await SwapAsync(bench);
        await bench.JumpAsync(TimeSpan.FromDays(401));

        var trust = await new FirstTrust(OptionsOf(bench, pin), bench.Service.Time, TimeProvider.System).GetAsync(
            Cancel
        );

        trust.Failure.ShouldNotBeNull().Message.ShouldContain(pin);
    }

    [Fact]
    public async Task Rollback_BeforeTheSwitch_TakesTheNewRootOut_AndNotAfterIt()
    {
        await using var bench = await MachineBench.StartAsync();
        var old = bench.Service.Get<PlatformCa>().Root.Fingerprint;
        var next = Root(await bench.Service.Api.PostOkAsync(Roots), "staged");

        var back = await bench.Service.Api.PostOkAsync($"{Roots}/{next}/rollback", """{"reason":"wrong day"}""");

        back.GetProperty("epoch").GetInt64().ShouldBe(3);
        AnchorsOf(bench.Service.Get<PlatformCa>().Bundle).ShouldHaveSingleItem();
        await bench.Service.Api.PostOkAsync($"{Roots}/{next}/rollback");
        await bench
            .Service.Api.PostAsync($"{Roots}/{next}/activate", null)
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "platform_root.state");
        bench.Service.Get<PlatformCa>().Root.Fingerprint.ShouldBe(old);

        var active = await SwapAsync(bench);
        await bench
            .Service.Api.PostAsync($"{Roots}/{active}/rollback", null)
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "platform_root.state");
        // The one that was taken back leads nowhere.
        bench.Service.Get<PlatformCa>().Roots.Pinnable(bench.Service.Time.GetUtcNow()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Activate_WithoutSomebody_NeedsTheirNamesAReasonAndAnotherPerson()
    {
        await using var bench = await MachineBench.StartAsync();
        var (agent, client) = await bench.JoinAsync(bench.AgentToken());
        await client.GetOkAsync("/v1/agent/feed");
        var next = Root(await bench.Service.Api.PostOkAsync(Roots), "staged");
        await bench.JumpAsync(TimeSpan.FromMinutes(1));
        var path = $"{Roots}/{next}/activate";
        (await MissingAsync(bench, next)).ShouldBe([agent.Id]);

        await bench
            .Service.Api.PostAsync(path, JsonSerializer.Serialize(new { missing = new[] { agent.Id } }))
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");
        await bench
            .Service.Api.PostAsync(
                path,
                JsonSerializer.Serialize(new { missing = new[] { agent.Id }, reason = "gone" })
            )
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "platform_root.two_person");
    }

    [Fact]
    public async Task Activate_AgentThatIsAway_BlocksNothing()
    {
        await using var bench = await MachineBench.StartAsync();
        var (agent, _) = await bench.JoinAsync(bench.AgentToken());
        var next = Root(await bench.Service.Api.PostOkAsync(Roots), "staged");
        await bench.JumpAsync(TimeSpan.FromMinutes(6));

        var shown = await ShowAsync(bench);
        shown.GetProperty("late_joiners").EnumerateArray().Select(one => one.GetString()).ShouldBe([agent.Id]);
        Root(await bench.Service.Api.PostOkAsync($"{Roots}/{next}/activate"), "active").ShouldBe(next);
    }

    [Fact]
    public async Task Roots_ByAnOrganizationsAdmin_AreNotShownNorMade()
    {
        await using var bench = await AuthorityBench.StartAsync();
        var (admin, _) = await bench.PersonAsync("organization admin");

        await admin.GetAsync(Roots, Cancel).ShouldRefuseAsync(HttpStatusCode.Forbidden, "auth.scope");
        await admin.PostAsync(Roots, null).ShouldRefuseAsync(HttpStatusCode.Forbidden, "auth.scope");
    }

    /// <summary>A swap without any machine to wait for.</summary>
    private static async Task<string> SwapAsync(MachineBench bench)
    {
        var next = Root(await bench.Service.Api.PostOkAsync(Roots), "staged");
        // Certificates of those who sleep end after an hour.
        await bench.JumpAsync(TimeSpan.FromHours(2));
        return Root(await bench.Service.Api.PostOkAsync($"{Roots}/{next}/activate"), "active");
    }

    private static async Task<(EdgeEnrollment Edge, HttpClient Client)> JoinEdgeAsync(MachineBench bench)
    {
        var edge = (
            await bench.Service.Api.PostOkAsync(
                "/v1/edges",
                JsonSerializer.Serialize(
                    new
                    {
                        name = "edge",
                        addresses = new[] { "198.51.100.7:7844" },
                        dns_names = new[] { "edge.identity.test" },
                    }
                )
            )
        ).Id();
        return await bench.JoinEdgeAsync(bench.EdgeToken(edge), edge);
    }

    // As a machine with identity.ca_sha256 does it, on 8443.
    private static async Task<(MachineEnrollment Enrollment, KeyAndCertificate Credential)> EnrolByPinAsync(
        MachineBench bench,
        string pin
    )
    {
        var options = OptionsOf(bench, pin);
        var client = new IdentityClient(
            options,
            new FirstTrust(options, bench.Service.Time, TimeProvider.System),
            bench.Service.Time,
            TimeProvider.System
        );
        var key = CertificateRequests.NewKey();
        var answer = await client.EnrolAgentAsync(
            new AgentEnrollmentRequest
            {
                TunnelId = bench.TunnelId,
                InstanceId = "one",
                Csr = CertificateRequests.Create(key),
            },
            "woken",
            new Proof(bench.AgentToken()),
            Cancel
        );
        answer.Failure.ShouldBeNull();
        return (answer.Value!, KeyAndCertificate.Create(answer.Value!.Certificate, key));
    }

    private static IdentityOptions OptionsOf(MachineBench bench, string pin) =>
        new() { Url = bench.Service.ApiUrl, CaSha256 = pin };

    private static bool Accepts(MachineBench bench, string anchorsPem, CertificateDocument certificate)
    {
        PlatformTrust.TryCreate("identity.test", anchorsPem, out var trust).ShouldBeTrue();
        using var leaf = X509Certificate2.CreateFromPem(certificate.CertificatePem);
        X509Certificate2Collection sent = [];
        sent.ImportFromPem(certificate.ChainPem);
        return new PeerVerifier(trust).Verify(leaf, sent, PeerRole.Agent, bench.Service.Time.GetUtcNow()).IsAccepted;
    }

    private static X509Certificate2Collection AnchorsOf(BundleDocument bundle)
    {
        X509Certificate2Collection anchors = [];
        anchors.ImportFromPem(bundle.Pem);
        return anchors;
    }

    private static string Root(JsonElement shown, string state) =>
        shown.GetProperty("roots").EnumerateArray().Single(root => root.Text("state") == state).Id();

    private static Task<JsonElement> ShowAsync(MachineBench bench) => bench.Service.Api.GetOkAsync(Roots);

    private static async Task<IReadOnlyList<string>> MissingAsync(MachineBench bench, string root)
    {
        var refused = await bench
            .Service.Api.PostAsync($"{Roots}/{root}/activate", null)
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "platform_root.state");
        return
        [
            .. refused
                .GetProperty("details")
                .GetProperty("blocked_by")
                .EnumerateArray()
                .Select(blocker => blocker.Id()),
        ];
    }

    private static async Task FollowAsync(HttpClient agent, string serial)
    {
        var feed = await agent.GetOkAsync("/v1/agent/feed");
        await ReportAsync(
            agent,
            new
            {
                revision = 1,
                epochs = new { platform = EpochOf(feed, "platform_bundle"), trust_bundle = 0 },
                serials = new { platform = serial, server = (string?)null },
                version = "1",
                routes = Array.Empty<object>(),
            },
            "/v1/agent/reports"
        );
    }

    private static long EpochOf(JsonElement feed, string bundle) =>
        feed.GetProperty(bundle).GetProperty("epoch").GetInt64();

    private static object EdgeReport(string serial, long epoch) =>
        new
        {
            revision = 1,
            epochs = new { platform = epoch },
            serial,
            version = "1",
            sni_public_port = 443,
            agents = Array.Empty<object>(),
            client_connections = new Dictionary<string, int>(),
        };

    private static async Task ReportAsync(HttpClient machine, object report, string path = "/v1/edge/reports")
    {
        using var answer = await machine.PostAsync(path, JsonSerializer.Serialize(report));
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync(Cancel));
    }
}

using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Culvert.Machine.Client.CertificateFiles;
using Culvert.Machine.Client.State;
using Culvert.Machine.Client.Tests.Support;
using Culvert.Platform.Certificates;
using Culvert.Platform.Configuration;
using Culvert.Platform.Doctor;
using Culvert.Platform.Logging;
using Culvert.Platform.Programs;
using Culvert.Platform.Wire;
using Culvert.Testing;
using Culvert.Tunnel.Agent.CertificateFiles;
using Culvert.Tunnel.Agent.Commands;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Doctor;
using Culvert.Tunnel.Agent.Tests.Support;
using Culvert.Tunnel.Protocol;
using Culvert.Tunnel.Protocol.Frames;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Tunnel.Agent.Tests.Hosting;

/// <summary>The whole agent in this process, from its file to a call: service and edge are fakes that speak the real protocols.</summary>
public sealed class AgentRuntimeTests : IDisposable
{
    private const string EdgeId = "edge_01aaaaaaaaaaaaaaaaaaaaaa";
    private readonly string folder = Directory.CreateTempSubdirectory("culvert-agent-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_AutomaticMode_EnrolsDialsAndServesACall()
    {
        await using var upstream = RawUpstream.Answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        await using var service = await FakeService.StartAsync(TimeProvider.System);
        await using var edge = new FakeEdge(EdgeId, EdgeCertificate(service.Platform));
        service.Edges = [edge.Feed];
        var settings = Configure(service, upstream.Port);
        await using var agent = new RunningAgent(settings);
        var connection = await agent.ReadyAsync(edge);
        using var client = Client(service, connection.Mux);
        (await client.GetStringAsync("/mcp", Token)).ShouldBe("ok");
        (await PathsAsync(settings)).ShouldBe([
            (PathChecks.EdgeNames, DoctorStatus.Pass),
            (PathChecks.Edges, DoctorStatus.Pass),
            (PathChecks.PublicPorts, DoctorStatus.Skip),
            (PathChecks.Upstreams, DoctorStatus.Pass),
            (AffinityCheck.Id, DoctorStatus.Skip),
            (PathChecks.Call, DoctorStatus.Fail), // this edge takes agents alone
        ]);

        agent.Log.Warnings.ShouldHaveSingleItem().ShouldStartWith("Route docs is open");
        await agent.StopAsync();
        connection.Mux.PeerGoAway.IsCompletedSuccessfully.ShouldBeTrue();
        service.Count("/v1/agent/reports").ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Run_EdgeTellsAnotherPort_ResourceKeepsTheTunnelsPortAndDoctorWarns()
    {
        await using var service = await FakeService.StartAsync(TimeProvider.System);
        await using var edge = new FakeEdge(EdgeId, EdgeCertificate(service.Platform));
        (service.PublicPort, service.Edges) = (443, [edge.Feed with { PublicPort = 8443 }]);
        var settings = Configure(
            service,
            port: 9,
            sections: "issuers: {corp: {issuer: \"https://127.0.0.1:9\"}}",
            routes: """
              wiki:
                upstream: {url: "http://127.0.0.1:9", allowed_ranges: [127.0.0.0/8], health: {probe: none}}
                oauth: {mode: required, issuers: [corp]}

            """
        );
        await using var agent = new RunningAgent(settings);
        var connection = await edge.NextAsync();
        await Eventually.UntilAsync(async () => await agent.FailedCheckAsync("edges") is null, Token);
        await Eventually.UntilAsync(async () => await agent.FailedCheckAsync("inner_certificate") is null, Token);
        await connection.Mux.PeerHello;
        using var client = Client(service, connection.Mux, "wiki");

        var metadata = await client.GetStringAsync("/.well-known/oauth-protected-resource/mcp", Token);

        metadata.ShouldContain($"\"resource\":\"https://wiki.{FakeService.Domain}/mcp\"");
        var found = (await agent.CheckAsync()).Single(f => f.Id == PathChecks.PublicPorts);
        found.Status.ShouldBe(DoctorStatus.Warn);
        found.Summary.ShouldBe($"Edge {EdgeId} reports port 8443 for clients, not 443.");
    }

    [Theory]
    [InlineData("deny", "enforce", "audit", DoctorStatus.Fail)]
    [InlineData("deny", "record", "audit_unrecorded", DoctorStatus.Warn)]
    [InlineData("degrade", "enforce", "audit_unrecorded", DoctorStatus.Warn)]
    [InlineData("degrade", "record", "audit_unrecorded", DoctorStatus.Warn)]
    public async Task Run_DiskBelowItsReserve_IsNamedWithItsEffect(
        string onFull,
        string mode,
        string named,
        DoctorStatus status
    )
    {
        await using var service = await FakeService.StartAsync(TimeProvider.System);
        Configure(service, port: 9, sections: $"audit: {{disk_reserve: 1000000000GiB, on_full: {onFull}}}");
        if (mode == "enforce")
        {
            await File.AppendAllTextAsync(
                ConfigurationFile,
                "    policy: {mode: enforce, rules: [{name: readers, effect: allow, tools: [read]}]}\n",
                Token
            );
        }

        var settings = Load().Settings.ShouldNotBeNull();
        await using var agent = new RunningAgent(settings);
        await Eventually.UntilAsync(async () => await agent.FailedCheckAsync(named) is not null, Token);

        (await agent.FailedCheckAsync(named == "audit" ? "audit_unrecorded" : "audit")).ShouldBeNull();
        (await agent.CheckAsync()).Single(f => f.Id == AuditCheck.Id).Status.ShouldBe(status);
        AuditCheck.Check(settings).Status.ShouldBe(status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_OneIssuerWithoutKeys_CountsOnlyWhenNoOtherRouteIsServed(bool otherIsServed)
    {
        await using var upstream = RawUpstream.Answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        await using var service = await FakeService.StartAsync(TimeProvider.System);
        await using var edge = new FakeEdge(EdgeId, EdgeCertificate(service.Platform));
        (service.PublicPort, service.Edges) = (443, [edge.Feed with { PublicPort = 443 }]);
        var settings = Configure(
            service,
            port: otherIsServed ? upstream.Port : 9,
            sections: "issuers: {corp: {issuer: \"https://127.0.0.1:9\"}}",
            routes: """
              wiki:
                upstream: {url: "http://127.0.0.1:9", allowed_ranges: [127.0.0.0/8], health: {probe: none}}
                oauth: {mode: required, issuers: [corp]}

            """
        );
        await using var agent = new RunningAgent(settings);
        await edge.NextAsync();
        string[] counted = otherIsServed ? [] : ["upstreams", "issuers"];

        await Eventually.UntilAsync(async () => counted.SequenceEqual(await agent.CountedChecksAsync()), Token);

        (await agent.FailedCheckAsync("issuers")).ShouldBe("No usable keys of the issuer: corp.");
    }

    [Fact] // S28: what an agent does is in its own file; a feed can take away and add nothing
    public async Task Run_FeedThatWouldWiden_ChangesNothing()
    {
        await using var upstream = RawUpstream.Answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        await using var service = await FakeService.StartAsync(TimeProvider.System);
        await using var edge = new FakeEdge(EdgeId, EdgeCertificate(service.Platform));
        service.Edges = [edge.Feed];
        service.Foreign = $$"""
            "routes":{"wiki":{"upstream":{"url":"http://127.0.0.1:{{upstream.Port}}","allowed_ranges":["0.0.0.0/0"]},
            "oauth":{"mode":"dangerous_none"} },"docs":{"policy":{"mode":"off"},"oauth":{"mode":"dangerous_none"} } },
            "issuers":{"evil":{"issuer":"https://evil.test"} },"tools":["*"],"allowed_ranges":["0.0.0.0/0"],
            """;
        Configure(service, upstream.Port);
        await File.AppendAllTextAsync(
            ConfigurationFile,
            "    policy: {mode: enforce, rules: [{name: readers, effect: allow, tools: [read]}]}\n",
            Token
        );
        await using var agent = new RunningAgent(Load().Settings.ShouldNotBeNull());
        var connection = await agent.ReadyAsync(edge);
        using var docs = Client(service, connection.Mux);
        using var wiki = Client(service, connection.Mux, "wiki");

        using var call = new StringContent(
            """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"write"}}""",
            System.Text.Encoding.UTF8,
            "application/json"
        );
        using var denied = await docs.PostAsync("/mcp", call, Token);
        (await denied.Content.ReadAsStringAsync(Token)).ShouldContain("Unknown tool: write");
        using var unknown = await wiki.GetAsync("/mcp", Token);
        ((int)unknown.StatusCode).ShouldBeOneOf(404, 421);
    }

    [Fact]
    public async Task Run_DoctorBesideIt_SaysTheSameAndDialsNobody()
    {
        await using var upstream = RawUpstream.Answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        await using var service = await FakeService.StartAsync(TimeProvider.System);
        await using var edge = new FakeEdge(EdgeId, EdgeCertificate(service.Platform));
        service.Edges = [edge.Feed];
        await using var agent = new RunningAgent(Configure(service, upstream.Port));
        await agent.ReadyAsync(edge);
        var (dialled, proofs) = (edge.Dialled, service.Count("/v1/oauth/token"));

        var found = (await agent.CheckAsync()).ToDictionary(f => f.Id, f => f.Status);

        found.Keys.ShouldBeUnique();
        found[PathChecks.Edges].ShouldBe(DoctorStatus.Pass);
        found[PathChecks.EdgeNames].ShouldBe(DoctorStatus.Pass);
        found[PathChecks.Upstreams].ShouldBe(DoctorStatus.Pass);
        found[CredentialCheck.Id].ShouldBe(DoctorStatus.Skip);
        found["platform_certificate"].ShouldBe(DoctorStatus.Pass);
        found["machine_api"].ShouldBe(DoctorStatus.Pass);
        // Of the file's organization and the double's own.
        found.Where(f => f.Value == DoctorStatus.Fail).Select(f => f.Key).ShouldBe(["organization"]);
        service.Count("/v1/oauth/token").ShouldBe(proofs);
        edge.Dialled.ShouldBe(dialled);
    }

    [Fact]
    public async Task Run_FileChanges_NewCallsTakeTheNewRouteAndRunningOnesKeepTheirs()
    {
        var release = new TaskCompletionSource();
        await using var old = RawUpstream.Scripted(
            async (_, stream, cancel) =>
            {
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nol"u8.ToArray(), cancel);
                await release.Task.WaitAsync(cancel);
                await stream.WriteAsync("d!"u8.ToArray(), cancel);
                return true;
            }
        );
        await using var next = RawUpstream.Answering("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nnew");
        await using var service = await FakeService.StartAsync(TimeProvider.System);
        await using var edge = new FakeEdge(EdgeId, EdgeCertificate(service.Platform));
        service.Edges = [edge.Feed];
        var settings = Configure(service, old.Port);
        var watch = Watch();
        await using var agent = new RunningAgent(settings, watch);
        var connection = await agent.ReadyAsync(edge);
        using var client = Client(service, connection.Mux);
        using var begun = await client.GetAsync("/mcp", HttpCompletionOption.ResponseHeadersRead, Token);

        Configure(service, next.Port);
        watch.RequestReload();
        using var later = Client(service, connection.Mux);
        await Eventually.UntilAsync(async () => await HeadOf(later) == "new", Token);
        release.SetResult();
        (await begun.Content.ReadAsStringAsync(Token)).ShouldBe("old!");

        // A bad file changes nothing but what is said of it.
        await File.AppendAllTextAsync(ConfigurationFile, "no_such_key: 1\n", Token);
        await Eventually.UntilAsync(() => watch.Problem.Contains("no_such_key", StringComparison.Ordinal), Token);
        (await later.GetStringAsync("/mcp", Token)).ShouldBe("new");
    }

    [Fact]
    public async Task Run_FileDropsPolicyOff_CallsAreRecordedFromThenOn()
    {
        await using var upstream = RawUpstream.Answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
        await using var service = await FakeService.StartAsync(TimeProvider.System);
        await using var edge = new FakeEdge(EdgeId, EdgeCertificate(service.Platform));
        service.Edges = [edge.Feed];
        Configure(service, upstream.Port);
        await File.AppendAllTextAsync(ConfigurationFile, "    policy: {mode: off}\n", Token);
        var settings = Load().Settings.ShouldNotBeNull();
        var watch = Watch();
        await using var agent = new RunningAgent(settings, watch);
        var connection = await agent.ReadyAsync(edge);
        using var client = Client(service, connection.Mux);
        await CallAsync("ping");

        Configure(service, upstream.Port);
        watch.RequestReload();
        await Eventually.UntilAsync(
            async () => (await CallAsync("tools/list")).Contains("\"method\":\"tools/list\"", StringComparison.Ordinal),
            Token
        );
        (await CallAsync("tools/list")).ShouldNotContain("\"ping\"");

        // What is recorded by then.
        async Task<string> CallAsync(string method)
        {
            using var call = new StringContent($$"""{"jsonrpc":"2.0","id":1,"method":"{{method}}"}""");
            call.Headers.ContentType = new("application/json");
            using var answer = await client.PostAsync("/mcp", call, Token);
            return await File.ReadAllTextAsync(Path.Combine(settings.StateDirectory, settings.Audit.File), Token);
        }
    }

    [Fact]
    public async Task Run_FileChangesOneRoute_ProgramsAndSessionsOfOthersStay()
    {
        await using var upstream = RawUpstream.Answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        await using var service = await FakeService.StartAsync(TimeProvider.System);
        await using var edge = new FakeEdge(EdgeId, EdgeCertificate(service.Platform));
        service.Edges = [edge.Feed];
        var settings = Configure(service, upstream.Port, routes: Program);
        var watch = Watch();
        await using var agent = new RunningAgent(settings, watch);
        var connection = await agent.ReadyAsync(edge);
        using var client = Client(service, connection.Mux, "files");
        var session = await InitializeAsync(client);
        var pid = await PidAsync(client, session);

        await File.AppendAllTextAsync(ConfigurationFile, "    allowed_origins: [\"https://a.test\"]\n", Token);
        watch.RequestReload();
        await Eventually.UntilAsync(() => watch.Reloads == 1, Token);
        (await PidAsync(client, session)).ShouldBe(pid);

        Configure(service, upstream.Port, routes: Program.Replace("max_children: 4", "max_children: 5"));
        watch.RequestReload();
        await Eventually.UntilAsync(() => watch.Reloads == 2, Token);
        await Eventually.UntilAsync(
            async () => (await CallAsync(client, "tools/call", session)).StatusCode == HttpStatusCode.NotFound,
            Token
        );
        (await PidAsync(client, await InitializeAsync(client))).ShouldNotBe(pid);
    }

    [Fact]
    public async Task Run_FileChangesOtherSections_TheyAreInForceOrNamed()
    {
        await using var upstream = RawUpstream.Answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        await using var service = await FakeService.StartAsync(TimeProvider.System);
        await using var edge = new FakeEdge(EdgeId, EdgeCertificate(service.Platform));
        service.Edges = [edge.Feed];
        var settings = Configure(service, upstream.Port);
        var watch = Watch();
        using var levels = new LogLevels(LogLevel.Information);
        await using var agent = new RunningAgent(settings, watch, levels);
        await agent.ReadyAsync(edge);

        Configure(
            service,
            upstream.Port,
            "log: {level: debug}\nnetwork: {address_family: ipv4}\naudit: {on_full: degrade, rotate: {keep: 3}}"
        );
        watch.RequestReload();
        await Eventually.UntilAsync(() => watch.Reloads == 1, Token);
        levels.Level.ShouldBe(LogLevel.Debug);
        settings.Identity.Network.Family.ShouldBe(System.Net.Sockets.AddressFamily.InterNetwork);
        (await agent.FailedCheckAsync("restart_needed")).ShouldBeNull();

        Configure(service, upstream.Port, "log: {level: error}\naudit: {file: elsewhere.jsonl}");
        watch.RequestReload();
        await Eventually.UntilAsync(() => watch.RestartKeys.Count > 0, Token);
        watch.RestartKeys.ShouldBe(["audit.file"]);
        (await agent.FailedCheckAsync("restart_needed")).ShouldBe("Only a restart can change audit.file.");
        levels.Level.ShouldBe(LogLevel.Debug); // whole or not at all
    }

    [Fact]
    public async Task Run_FileChangesIdentityAndHealth_TheyAreInForce()
    {
        await using var upstream = RawUpstream.Answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        await using var service = await FakeService.StartAsync(TimeProvider.System);
        await using var edge = new FakeEdge(EdgeId, EdgeCertificate(service.Platform));
        service.Edges = [edge.Feed];
        var settings = Configure(service, upstream.Port);
        File.Delete(settings.Identity.Token.File);
        var watch = Watch();
        await using var agent = new RunningAgent(settings, watch);
        await Eventually.UntilAsync(
            async () => await agent.FailedCheckAsync("platform_certificate") is not null,
            Token
        );

        // Only the configuration changes: the token is in the place that the new file names.
        await File.WriteAllTextAsync(Path.Combine(folder, "other-token"), "eyJ.idp.other", Token);
        File.SetUnixFileMode(Path.Combine(folder, "other-token"), UnixFileMode.UserRead);
        Replace("idp-token", "other-token");
        await File.AppendAllTextAsync(ConfigurationFile, "telemetry: {otlp: off}\n", Token);
        var health = await File.ReadAllTextAsync(ConfigurationFile, Token);
        Replace("health: {", $"health: {{url_file: \"{Path.Combine(folder, "missing", "url")}\", ");
        watch.RequestReload();
        await Eventually.UntilAsync(() => watch.Refused == 1, Token);
        service.Count("/v1/oauth/token").ShouldBe(0); // whole or not at all

        await File.WriteAllTextAsync(ConfigurationFile, health, Token);
        watch.RequestReload();
        await agent.ReadyAsync(edge);
        watch.RestartKeys.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("health.listen", true)]
    [InlineData("telemetry.otlp", true)]
    [InlineData("identity.mode", true)]
    [InlineData("identity.token.command", true)]
    [InlineData("identity.tunnel_token", true)]
    [InlineData("identity.url", false)]
    [InlineData("identity.machine_url", false)]
    [InlineData("tunnel.id", false)]
    [InlineData("state_dir", false)]
    [InlineData("audit.file", false)]
    public void IsReloadable_EverythingButWhichAgentItIs(string key, bool reloadable) =>
        RunCommand.IsReloadable(key).ShouldBe(reloadable);

    [Fact]
    public async Task Run_FileChangesTheTunnelSection_ConnectionsFollow()
    {
        await using var upstream = RawUpstream.Answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        await using var service = await FakeService.StartAsync(TimeProvider.System);
        await using var edge = new FakeEdge(EdgeId, EdgeCertificate(service.Platform));
        service.Edges = [edge.Feed];
        var settings = Configure(service, upstream.Port);
        var watch = Watch();
        await using var agent = new RunningAgent(settings, watch);
        FakeEdgeConnection[] made = [await agent.ReadyAsync(edge), await edge.NextAsync()];
        using var client = Client(service, made[0].Mux);
        await client.GetStringAsync("/mcp", Token);

        Replace("drain_timeout: 1s", "drain_timeout: 2s, connections: 3");
        watch.RequestReload();
        await edge.NextAsync();
        made.ShouldAllBe(c => !c.Mux.PeerGoAway.IsCompleted);
        (await client.GetStringAsync("/mcp", Token)).ShouldBe("ok");

        Replace("connections: 3", "edges: [elsewhere]");
        watch.RequestReload();
        foreach (var connection in made)
        {
            await connection.Mux.PeerGoAway.WaitAsync(Eventually.Limit, Token);
        }

        await Eventually.UntilAsync(
            async () =>
                (await agent.FailedCheckAsync("edges"))?.Contains("elsewhere", StringComparison.Ordinal) == true,
            Token
        );
        Replace("edges: [elsewhere]", $"edges: [{EdgeId}]");
        watch.RequestReload();
        await edge.NextAsync();
    }

    [Fact]
    public async Task Run_FileChangesTheCertificatesSource_TheOtherLeafIsServed()
    {
        await using var upstream = RawUpstream.Answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        await using var service = await FakeService.StartAsync(TimeProvider.System);
        await using var edge = new FakeEdge(EdgeId, EdgeCertificate(service.Platform));
        service.Edges = [edge.Feed];
        var own = new TunnelPki();
        var leaf = own.Server("*." + FakeService.Domain);
        await File.WriteAllTextAsync(Path.Combine(folder, "leaf.pem"), leaf.ExportCertificatesPem(), Token);
        await File.WriteAllTextAsync(Path.Combine(folder, "leaf.key"), leaf.ExportPrivateKeyPem(), Token);
        File.SetUnixFileMode(Path.Combine(folder, "leaf.key"), UnixFileMode.UserRead);
        var settings = Configure(service, upstream.Port);
        var watch = Watch();
        await using var agent = new RunningAgent(settings, watch);
        var mux = (await agent.ReadyAsync(edge)).Mux;
        using var first = Client(service, mux);
        await first.GetStringAsync("/mcp", Token);

        Configure(
            service,
            upstream.Port,
            "certificates: {source: files, certificate_file: leaf.pem, key_file: leaf.key}"
        );
        watch.RequestReload();
        await Eventually.UntilAsync(() => IsServedAsync(service, mux, own.Ca), Token);
        (await first.GetStringAsync("/mcp", Token)).ShouldBe("ok"); // over the connection that it has

        Configure(service, upstream.Port);
        watch.RequestReload();
        await Eventually.UntilAsync(() => IsServedAsync(service, mux, service.Tunnel.Root), Token);
        (await agent.FailedCheckAsync("server_certificate")).ShouldBeNull();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_BehindAProxy_ReachesServiceAndEdgeWithCredentialsAlone(bool withCredentials)
    {
        await using var upstream = RawUpstream.Answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        await using var service = await FakeService.StartAsync(TimeProvider.System);
        await using var edge = new FakeEdge(EdgeId, EdgeCertificate(service.Platform));
        await using var proxy = new ConnectProxy();
        service.Edges = [edge.Feed];
        File.WriteAllText(Path.Combine(folder, "proxy-password"), ConnectProxy.Password);
        File.SetUnixFileMode(Path.Combine(folder, "proxy-password"), UnixFileMode.UserRead);
        var credentials = withCredentials
            ? $", username: {ConnectProxy.UserName}, password: \"file:proxy-password\""
            : "";
        var settings = Configure(
            service,
            upstream.Port,
            $"network: {{proxy: {{url: \"{proxy.Url.GetLeftPart(UriPartial.Authority)}\"{credentials}}}}}"
        );
        await using var agent = new RunningAgent(settings);
        if (withCredentials)
        {
            await agent.ReadyAsync(edge);
            proxy.Targets.ShouldContain(edge.Address);
            proxy.Targets.ShouldContain(service.ApiUrl.Authority);
            proxy.Targets.ShouldContain(service.MachineUrl.Authority);
        }
        else
        {
            await Eventually.UntilAsync(() => proxy.Denied > 0, Token);
            proxy.Targets.ShouldBeEmpty();
            service.Count("/v1/oauth/token").ShouldBe(0);
        }
    }

    // S25: an order of the tunnel waits for each of its agents, and one that only keeps files is one of them.
    [Fact]
    public async Task Certs_AnotherAgentsChallenge_IsAcknowledged()
    {
        const string Acknowledgements = "/v1/agent/acme_challenges/acmc_1/acknowledgements";
        await using var service = await FakeService.StartAsync(TimeProvider.System);
        service.Intercept = (request, context) =>
        {
            context.Response.StatusCode = request.Path == Acknowledgements ? 204 : 200;
            return Task.FromResult(request.Path == Acknowledgements);
        };
        service.Challenges =
        [
            new FeedAcmeChallenge(
                Id: "acmc_1",
                TunnelId: FakeService.TunnelId,
                Name: "docs." + FakeService.Domain,
                KeyAuthorizationSha256: System.Buffers.Text.Base64Url.EncodeToString(new byte[32]),
                ExpiresAt: TimeProvider.System.GetUtcNow().AddMinutes(9)
            ),
        ];
        using var files = CertificateFolder.Open(Path.Combine(folder, "files"));
        using var keeper = new CertificateFileRenewer(
            Configure(service, 1),
            files,
            command: null,
            TimeSpan.FromSeconds(1),
            NullLoggerFactory.Instance,
            TimeProvider.System
        );
        using var stop = new CancellationTokenSource();
        var keeping = keeper.RunAsync(stop.Token);

        await Eventually.UntilAsync(() => service.Count(Acknowledgements) == 1, Token);

        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => keeping);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static async Task<IEnumerable<(string, DoctorStatus)>> PathsAsync(AgentSettings settings)
    {
        var state = AgentState.Read(settings.Identity, settings.Tunnel.Id, settings.StateDirectory);
        var findings = await new PathChecks(settings, state, TimeProvider.System).RunAsync(Token);
        return findings.Select(f => (f.Id, f.Status));
    }

    private string ConfigurationFile => Path.Combine(folder, "agent.yaml");

    private ConfigWatch<AgentSettings> Watch() =>
        new(ConfigurationFile, Load, Load(), RunCommand.IsReloadable, TimeProvider.System, NullLogger.Instance);

    private ConfigResult<AgentSettings> Load() =>
        ConfigLoader.Load(
            ConfigLocation.Agent,
            ConfigurationFile,
            AgentConfiguration.Read,
            new Dictionary<string, string>()
        );

    // The old route answers this only at its end, so what it begins to say is enough.
    private static async Task<string> HeadOf(HttpClient client)
    {
        using var answer = await client.GetAsync("/mcp", HttpCompletionOption.ResponseHeadersRead, Token);
        return answer.Content.Headers.ContentLength == 3 ? await answer.Content.ReadAsStringAsync(Token) : "";
    }

    private void Replace(string old, string next)
    {
        var text = File.ReadAllText(ConfigurationFile);
        text.ShouldContain(old);
        File.WriteAllText(ConfigurationFile, text.Replace(old, next, StringComparison.Ordinal));
    }

    // To a client that trusts that root alone.
    private static async Task<bool> IsServedAsync(FakeService service, MuxConnection edge, X509Certificate2 root)
    {
        using var client = Client(service, edge, root: root);
        try
        {
            return await client.GetStringAsync("/mcp", Token) == "ok";
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private AgentSettings Configure(FakeService service, int port, string sections = "", string routes = "")
    {
        File.WriteAllText(Path.Combine(folder, "ca.pem"), service.Platform.RootPem);
        File.WriteAllText(Path.Combine(folder, "idp-token"), "eyJ.idp.token");
        File.SetUnixFileMode(Path.Combine(folder, "idp-token"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(
            ConfigurationFile,
            $$"""
            config_version: 1
            state_dir: state
            identity:
              url: {{service.ApiUrl.GetLeftPart(UriPartial.Authority)}}
              ca_file: ca.pem
              organization_id: 11111111-2222-3333-4444-555555555555
              rule_id: fdrl_010000000000000000000000
              token: {file: idp-token}
            tunnel: {id: {{FakeService.TunnelId}}, drain_timeout: 1s}
            health: {listen: "127.0.0.1:0"}
            {{sections}}
            routes:
            {{routes}}  docs:
                upstream:
                  url: http://127.0.0.1:{{port}}
                  allowed_ranges: [127.0.0.0/8]
                  health: {probe: tcp}
                oauth: {mode: dangerous_none}

            """
        );
        var loaded = Load();
        loaded.Errors.ShouldBeEmpty();
        return loaded.Settings!;
    }

    private static KeyAndCertificate EdgeCertificate(TestPki platform)
    {
        using var issued = platform.Issue(
            $"spiffe://{FakeService.TrustDomain}/edge/{EdgeId}",
            usages: [TestPki.ServerAuthentication, TestPki.ClientAuthentication]
        );
        using var key = issued.GetECDsaPrivateKey()!;
        return KeyAndCertificate.FromPem(
            issued.ExportCertificatePem() + "\n" + platform.ChainPem,
            key.ExportPkcs8PrivateKeyPem()
        );
    }

    private static string Program =>
        $$$"""
              files:
                upstream:
                  stdio:
                    command: [node, "{{{StdioFixture.Peer("scripted-child.mjs")}}}"]
                    max_children: 4
                  health: {probe: none}
                oauth: {mode: dangerous_none}

            """;

    private static async Task<string> InitializeAsync(HttpClient client)
    {
        using var answer = await CallAsync(client, "initialize");
        return answer.Headers.GetValues("Mcp-Session-Id").Single();
    }

    private static async Task<string> PidAsync(HttpClient client, string session)
    {
        using var answer = await CallAsync(client, "tools/call", session);
        return StdioFixture.TextOf(await StdioFixture.MessagesAsync(answer));
    }

    private static async Task<HttpResponseMessage> CallAsync(HttpClient client, string method, string? session = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/mcp");
        request.Content = new StringContent(
            $$$"""{"jsonrpc":"2.0","id":1,"method":"{{{method}}}","params":{"protocolVersion":"2025-11-25","name":"pid"}}"""
        );
        request.Content.Headers.ContentType = new("application/json");
        if (session is not null)
        {
            request.Headers.Add("Mcp-Session-Id", session);
        }

        return await client.SendAsync(request, Token);
    }

    private static HttpClient Client(
        FakeService service,
        MuxConnection edge,
        string route = "docs",
        X509Certificate2? root = null
    )
    {
        var host = $"{route}.{FakeService.Domain}";
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.Add(root ?? service.Tunnel.Root);
        policy.ExtraStore.Add(service.Tunnel.Issuing);
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions = new SslClientAuthenticationOptions { TargetHost = host, CertificateChainPolicy = policy },
            ConnectCallback = (_, _) =>
            {
                var open = new OpenPayload
                {
                    ServerName = host,
                    Client = new IPEndPoint(IPAddress.Loopback, 1),
                    ConnectionId = "c-1",
                };
                var stream = edge.Open(open);
                return ValueTask.FromResult<Stream>(
                    new StreamOverPipes(stream.Input, stream.Output, stream.DisposeAsync)
                );
            },
        };
        return new HttpClient(handler) { BaseAddress = new Uri($"https://{host}") };
    }
}

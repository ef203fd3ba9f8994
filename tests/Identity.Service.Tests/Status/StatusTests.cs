using System.Globalization;
using System.Text.Json;
using Culvert.Identity.Service.Certificates.Enrollments;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Http.Roles;
using Culvert.Identity.Service.Jobs;
using Culvert.Identity.Service.Status;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tests.Machines;
using Culvert.Identity.Service.Tunnels.Machines;
using Culvert.Platform.Doctor;
using Culvert.Platform.Health;
using Culvert.Testing;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Status;

/// <summary><c>GET /v1/status</c>: what each kind of trouble looks like, and who sees it.</summary>
public sealed class StatusTests : IAsyncLifetime
{
    private const string Path = "/v1/status";

    private readonly ScriptedPeers peers = new();
    private readonly ScriptedEnrollments enrollments = new();
    private readonly FakeTimeProvider time = new();
    private readonly CapturedLogs logs = new();
    private readonly FailingJob job;
    private ServiceUnderTest service = null!;
    private string? notReady;

    public StatusTests() => job = new FailingJob(time);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private long Now => service.Time.GetUtcNow().ToStore();

    public async ValueTask InitializeAsync() =>
        service = await ServiceUnderTest.StartAsync(
            services =>
            {
                logs.AddTo(services);
                services
                    .AddSingleton<IMachinePeerVerifier>(peers)
                    .AddSingleton<IAgentEnrollments>(enrollments)
                    .AddSingleton<IRevokedMachines>(enrollments)
                    .AddSingleton<RecurringJob>(job)
                    .AddSingleton(ReadinessCheck.Create("scripted", () => notReady));
            },
            time: time
        );

    public async ValueTask DisposeAsync()
    {
        await service.DisposeAsync();
        job.Dispose();
    }

    [Fact]
    public async Task Status_NewInstallation_ShowsWhatIsLeftToDo()
    {
        var status = await StatusAsync();

        status.Text("state").ShouldBe("warning");
        status.Text("node").ShouldNotBeEmpty();
        status.GetProperty("not_shown").GetArrayLength().ShouldBe(0);
        Read(status)
            .Select(line => (line.Check, line.State))
            .ShouldBe([
                ("tunnels", "ok"),
                ("issuers", "ok"),
                ("rules", "ok"),
                ("authorities", "ok"),
                ("certificates", "ok"),
                ("revocation_lists", "ok"),
                ("policies", "ok"),
                ("approvals", "ok"),
                ("attestations", "ok"),
                ("webhooks", "ok"),
                ("edges", "warning"),
                ("nodes", "ok"),
                ("readiness", "ok"),
                ("clock", "ok"),
                ("jobs", "ok"),
                ("platform_ca", "ok"),
                ("audit_export", "ok"),
                ("backups", "warning"),
                ("admin_keys", "warning"),
            ]);
    }

    [Fact]
    public async Task Tunnel_ThatIsNotSetUp_IsAWarning()
    {
        var tunnel = await CreateTunnelAsync();

        await ShouldShowAsync(
            "tunnels",
            "warning",
            $"Tunnel docs ({tunnel}) is not set up: no agent has enrolled. Its trust bundle is empty: register a certificate "
                + "authority. No client is allowed: set the clients' address ranges. No edge that serves it is connected. No "
                + "agent is connected to the service. No agent is connected to an edge.",
            $"culvert tunnel status {tunnel}"
        );
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Tunnel_ThatCarriesNoCalls_IsAProblem()
    {
        var tunnel = await CreateTunnelAsync();
        enrollments.Add(FeedTests.Enrollment(tunnel, service));

        var line = (await LinesAsync("tunnels")).ShouldHaveSingleItem();
        line.State.ShouldBe("problem");
        line.Summary.ShouldStartWith($"Calls do not get through tunnel docs ({tunnel}). ");
        (await StatusAsync()).Text("state").ShouldBe("problem");
    }

    [Fact]
    public async Task Tunnel_WhoseAgentReportsAFailedCheck_IsAWarning()
    {
        var tunnel = await CreateTunnelAsync();
        enrollments.Add(FeedTests.Enrollment(tunnel, service));
        var organization = (await service.Api.GetOkAsync("/v1/tunnels/" + tunnel)).Text("organization_id");
        var (agent, _) = service.Agent(peers, organization, tunnel);
        (
            await agent.PostAsync(
                "/v1/agent/reports",
                """
                {"revision":1,"epochs":{"platform":1,"trust_bundle":0},"serials":{"platform":"a1one","server":null},
                 "version":"0.1.0","routes":[],"doctor":{"checked_at":"2026-01-01T00:00:00Z","checks":[
                 {"id":"upstreams","status":"fail","summary":"Down.","next":""}]}}
                """
            )
        ).EnsureSuccessStatusCode();

        (await LinesAsync("tunnels"))
            .Single(line => line.State == "warning")
            .ShouldBe(
                new Line(
                    "tunnels",
                    "warning",
                    $"1 of 1 live agent of tunnel docs ({tunnel}) report failed checks.",
                    $"culvert doctor --tunnel {tunnel}"
                )
            );
    }

    [Theory]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    public async Task SignalStream_WhosePollsFail_IsAWarningFromTheThirdOn(int failures, bool isShown)
    {
        await service.PauseJobsAsync();
        var issuer = await CreateIssuerAsync();
        await service.Api.PostOkAsync(
            $"/v1/organizations/federation_issuers/{issuer}/signals",
            """
            {"transmitter_issuer":"https://idp.example.com","jwks_uri":"https://idp.example.com/keys",
             "delivery":"poll","poll_url":"https://idp.example.com/poll"}
            """
        );
        await ExecuteAsync(
            "UPDATE signal_streams SET poll_failures = @failures, last_poll_failure = 'poll_url: it failed.'",
            new { failures }
        );

        var lines = (await LinesAsync("issuers")).Where(line => line.State == "warning");

        lines.ShouldBe(
            isShown
                ?
                [
                    new Line(
                        "issuers",
                        "warning",
                        $"The last 3 polls of security event tokens of issuer {issuer} failed: poll_url: it failed.",
                        $"culvert issuer signals show {issuer}"
                    ),
                ]
                : []
        );
    }

    [Fact]
    public async Task Issuer_ThatIsKilled_IsAWarning()
    {
        var issuer = await CreateIssuerAsync();
        await service.Api.PostOkAsync(
            $"/v1/organizations/federation_issuers/{issuer}/kill",
            """{"issuer":true,"reason":"stolen key"}"""
        );

        await ShouldShowAsync(
            "issuers",
            "warning",
            $"An administrator killed issuer corp ({issuer}): none of its tokens is accepted.",
            $"To trust it again: culvert issuer kill {issuer} --issuer --undo --reason TEXT"
        );
    }

    [Theory]
    [InlineData("verified", "warning", "It has not been approved.", "culvert ca approve {0} --fingerprint SHA256")]
    [InlineData("suspended", "warning", "It was suspended.", "culvert ca resume {0}")]
    [InlineData(
        "tainted",
        "problem",
        "Its key is considered compromised; it never issues again.",
        "culvert ca status {0}"
    )]
    public async Task Authority_ThatWaitsForAPerson_IsShown(string state, string shown, string summary, string next)
    {
        var id = await CreateAuthorityAsync();
        await ExecuteAsync("UPDATE certificate_authorities SET state = @state WHERE id = @id", new { state, id });

        await ShouldShowAsync(
            "authorities",
            shown,
            $"Certificate authority Acme CA ({id}): {summary}",
            string.Format(CultureInfo.InvariantCulture, next, id)
        );
    }

    [Theory]
    [InlineData(-1, "problem", "expired at")]
    [InlineData(2, "problem", "in 2 days.")]
    [InlineData(40, "warning", "in 40 days.")]
    [InlineData(46, "ok", "the first expires at")]
    public async Task Authority_ThatExpires_IsShownInTime(int days, string shown, string summary)
    {
        var id = await CreateAuthorityAsync();
        await ExecuteAsync(
            "UPDATE certificate_authorities SET state = 'active', not_after_ms = @at WHERE id = @id",
            new { id, at = Now + Days(days) }
        );

        var line = (await LinesAsync("authorities")).ShouldHaveSingleItem();
        line.State.ShouldBe(shown);
        line.Summary.ShouldContain(summary);
        line.Next.ShouldBe(shown == "ok" ? "" : $"culvert ca status {id}");
    }

    [Fact]
    public async Task Certificate_ThatNothingReplaced_IsShown()
    {
        var tunnel = await CreateTunnelAsync();
        var organization = (await service.Api.GetOkAsync("/v1/tunnels/" + tunnel)).Text("organization_id");
        await ExecuteAsync(
            "INSERT INTO certificates (id, ordinal, serial, kind, status, organization_id, tunnel_id, identity, issued_at_ms, "
                + "not_before_ms, not_after_ms) VALUES ('cert_1', 900001, '0a', 'server', 'issued', @organization, @tunnel, "
                + "'docs.example.com', @from, @from, @until)",
            new
            {
                organization,
                tunnel,
                from = Now - Days(80),
                until = Now + Days(10),
            }
        );

        var line = (await LinesAsync("certificates")).ShouldHaveSingleItem();
        line.State.ShouldBe("warning");
        line.Summary.ShouldStartWith("Certificate cert_1 of docs.example.com, which was not renewed, expires at ");
        line.Summary.ShouldEndWith(", in 10 days.");
        line.Next.ShouldBe("Renew it where it is used. It is in: culvert cert list --identity docs.example.com");
    }

    [Fact]
    public async Task Policy_DraftsThatWait_AreCountedByTunnel()
    {
        var tunnel = await CreateTunnelAsync();
        foreach (var version in new[] { 1, 2 })
        {
            await ExecuteAsync(
                "INSERT INTO route_policies (id, ordinal, tunnel_id, hostname, version, content, digest, state, drafted_by, "
                    + "drafted_person, drafted_at_ms) VALUES (@id, @version, @tunnel, 'docs', @version, '', '', 'draft', 'a', 'a', @at)",
                new
                {
                    id = $"pol_{version}",
                    version = (long)version,
                    tunnel,
                    at = Now - Days(version),
                }
            );
        }

        await ShouldShowAsync(
            "policies",
            "warning",
            $"2 policy drafts of tunnel {tunnel} wait for approval, the oldest since {At(-2)}.",
            $"culvert policy list {tunnel} --state draft"
        );
    }

    [Fact]
    public async Task Approval_ThatIsPending_IsCounted()
    {
        var tunnel = await CreateTunnelAsync();
        foreach (var (id, expiry) in new[] { ("appr_1", 1), ("appr_2", -1) })
        {
            await ExecuteAsync(
                "INSERT INTO call_approvals (id, ordinal, tunnel_id, binding, caller_key, description, approvers, state, "
                    + "created_at_ms, expires_at_ms) VALUES (@id, @ordinal, @tunnel, @id, 'c', '{}', 1, 'pending', @now, @until)",
                new
                {
                    id,
                    ordinal = 5L + expiry,
                    tunnel,
                    now = Now,
                    until = Now + Days(expiry),
                }
            );
        }

        await ShouldShowAsync(
            "approvals",
            "warning",
            $"1 call waits for a person's approval; the first request expires at {At(1)}.",
            "culvert approvals list --state pending"
        );
    }

    [Fact]
    public async Task Attestation_ThatIsOpen_IsCounted()
    {
        var tunnel = await CreateTunnelAsync();
        await ExecuteAsync(
            "INSERT INTO route_owners (ordinal, tunnel_id, route, first_seen_at_ms) VALUES (1, @tunnel, 'docs', @now)",
            new { tunnel, now = Now }
        );

        await ShouldShowAsync(
            "attestations",
            "warning",
            "1 server waits for an attestation.",
            "culvert inventory routes --open"
        );
    }

    [Theory]
    [InlineData("pending", "warning", "1 message to webhook {0} failed and will be sent again.")]
    [InlineData("failed", "problem", "Webhook {0} did not get 1 message of the last day; no more attempts are made.")]
    public async Task Webhook_WhoseMessagesFail_IsShown(string delivery, string shown, string summary)
    {
        await service.PauseJobsAsync();
        service.Names.Set("hooks.example.com", "93.184.216.34");
        var webhook = (
            await service.Api.PostOkAsync("/v1/webhooks", """{"url":"https://hooks.example.com/in"}""")
        ).Id();
        await ExecuteAsync("DELETE FROM webhook_deliveries", new { });
        await ExecuteAsync(
            "INSERT INTO webhook_deliveries (id, webhook_id, event, body, state, attempts, next_attempt_ms, last_error, "
                + "created_at_ms, done_at_ms) VALUES ('msg_1', @webhook, 'e', @body, @delivery, 1, @later, 'Refused.', @now, @done)",
            new
            {
                webhook,
                body = "{}"u8.ToArray(),
                delivery,
                later = Now + Days(1),
                now = Now,
                done = delivery == "failed" ? Now : (long?)null,
            }
        );

        await ShouldShowAsync(
            "webhooks",
            shown,
            string.Format(CultureInfo.InvariantCulture, summary, webhook),
            $"culvert webhook deliveries {webhook}"
        );
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Edge_InEachState_IsShown()
    {
        var id = await FeedTests.CreateEdgeAsync(service);
        await ShouldShowAsync(
            "edges",
            "warning",
            $"Edge edge-1 ({id}) has never connected.",
            "Start tunnel-edge with its identifier; tunnel-edge doctor shows what fails"
        );

        var (edge, _) = service.Edge(peers, id);
        await edge.ReportEdgeAsync("0.1.0");
        await ShouldShowAsync("edges", "ok", "1 edge connected.", "");

        var contact = At(0);
        await service.Api.PostOkAsync($"/v1/edges/{id}/drain", "{}");
        await ShouldShowAsync(
            "edges",
            "warning",
            $"Edge edge-1 ({id}) has been draining since {contact}: it sends agents and clients elsewhere.",
            $"culvert edge resume {id}"
        );
        await service.Api.PostOkAsync($"/v1/edges/{id}/resume", "{}");

        await edge.ReportEdgeAsync("9.0.0");
        (await LinesAsync("edges"))
            .ShouldHaveSingleItem()
            .Summary.ShouldStartWith($"Edge edge-1 ({id}) runs version 9.0.0, which does not work with ");

        await edge.ReportEdgeAsync("0.1.0", leaving: "\"leaving\":true,");
        await ShouldShowAsync(
            "edges",
            "problem",
            $"Edge edge-1 ({id}) is not connected; its last contact was at {contact}.",
            "Run tunnel-edge doctor on its host"
        );

        await edge.ReportEdgeAsync("0.1.0");
        service.Time.JumpTo(service.Time.GetUtcNow().AddSeconds(91));
        await ShouldShowAsync(
            "edges",
            "unknown",
            $"Whether edge edge-1 ({id}) is connected is not known; its last contact was at {contact}.",
            "Run tunnel-edge doctor on its host"
        );
    }

    [Fact]
    public async Task Readiness_CheckThatFails_IsAProblem()
    {
        notReady = "It is a test.";

        (await LinesAsync("readiness"))
            .ShouldHaveSingleItem()
            .Summary.ShouldEndWith(" fails its check scripted. It is a test.");
    }

    [Fact]
    public async Task Clock_ThatStepped_IsAProblem()
    {
        service.Time.StepWallClock(TimeSpan.FromHours(-1));

        var line = (await LinesAsync("clock")).ShouldHaveSingleItem();
        line.State.ShouldBe("problem");
        line.Summary.ShouldEndWith(" is -3600 s from the expected time; the node issues nothing.");
        line.Next.ShouldContain("culvert clock confirm");
    }

    [Fact]
    public async Task Job_ThatFailedOrIsPaused_IsShown()
    {
        await service.Api.PostOkAsync("/v1/jobs/failing_job/run", "{}");
        await service.Api.PostOkAsync("/v1/jobs/failing_job/pause", """{"reason":"repair"}""");

        logs.Lines.ShouldContain(line =>
            line.StartsWith("Error 120 A round of job failing_job failed;", StringComparison.Ordinal)
        );
        var lines = await LinesAsync("jobs");

        lines.Select(line => line.State).ShouldBe(["problem", "warning"]);
        lines[0].Summary.ShouldEndWith($" failed at {At(0)}: InvalidOperationException.");
        lines[0].Next.ShouldBe("The log of the node has the reason. Then run culvert job run failing_job");
        lines[1].Summary.ShouldBe($"Job failing_job has been paused on all nodes since {At(0)}: repair");
        lines[1].Next.ShouldBe("culvert job resume failing_job");
    }

    [Theory]
    [InlineData(7, "ok", "The newest backup is of {0}.")]
    [InlineData(8, "warning", "The newest backup is of {0}, 8 days ago.")]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Backup_ThatWasRecorded_IsJudgedByItsAge(int daysAgo, string shown, string summary)
    {
        (await LinesAsync("backups")).ShouldHaveSingleItem().Summary.ShouldBe("No backup has been made.");
        var now = service.Time.GetUtcNow();
        BackupRuns.Record(service.Options.StoreSettings, now.AddDays(-daysAgo));
        BackupRuns.Record(service.Options.StoreSettings, now.AddDays(-100)); // an older one changes nothing

        var line = (await LinesAsync("backups")).ShouldHaveSingleItem();
        line.State.ShouldBe(shown);
        line.Summary.ShouldBe(string.Format(CultureInfo.InvariantCulture, summary, At(-daysAgo)));
    }

    [Fact]
    public async Task Status_ViewerAndOtherOrganization_SeeOnlyWhatIsTheirs()
    {
        var tunnel = await CreateTunnelAsync();
        using var viewer = await WithRoleAsync(RoleName.Viewer);
        var seen = await viewer.GetOkAsync(Path);
        Names(seen.GetProperty("not_shown"))
            .ShouldBe([
                "policies",
                "approvals",
                "webhooks",
                "edges",
                "readiness",
                "clock",
                "jobs",
                "platform_ca",
                "audit_export",
                "backups",
                "admin_keys",
            ]);
        seen.GetProperty("tunnels").GetArrayLength().ShouldBe(1);

        using var auditor = await WithRoleAsync(RoleName.Auditor);
        Names((await auditor.GetOkAsync(Path)).GetProperty("not_shown"))
            .ShouldBe(["edges", "readiness", "clock", "jobs", "platform_ca", "audit_export", "backups", "admin_keys"]);

        var other = await service.Api.PostOkAsync("/v1/organizations", """{"name":"Other"}""");
        using var stranger = await WithRoleAsync(RoleName.SecurityAdmin, other.Id());
        var theirs = await stranger.GetOkAsync(Path);
        theirs.GetProperty("tunnels").GetArrayLength().ShouldBe(0);
        theirs.Text("organization_name").ShouldBe("Other");
        theirs.ToString().ShouldNotContain(tunnel);
    }

    [Fact]
    public async Task Status_LaterPages_HaveTunnelsAlone()
    {
        var first = await CreateTunnelAsync();
        await CreateTunnelAsync("wiki");

        var page = await service.Api.GetOkAsync(Path + "?limit=1");
        var next = await service.Api.GetOkAsync($"{Path}?limit=1&page={page.Text("next_page")}");

        Read(next).ShouldAllBe(line => line.Check == "tunnels");
        next.GetProperty("tunnels").EnumerateArray().Single().Text("tunnel_id").ShouldBe(first);
        next.GetProperty("next_page").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Theory]
    [InlineData(20, 20)]
    [InlineData(21, 21)]
    [InlineData(500, 21)]
    public void Cut_ManyFindings_CountsTheRest(int count, int shown)
    {
        var all = Enumerable.Range(0, count).Select(_ => DoctorFinding.Warn("check", "x", why: "")).ToList();
        all[^1] = DoctorFinding.Fail("check", "worst", why: "");

        var cut = StatusEndpoint.Cut(all).ToList();

        cut.Count.ShouldBe(shown);
        cut[0].Summary.ShouldBe("worst");
        if (count > StatusEndpoint.MaxFindings)
        {
            cut[^1].Summary.ShouldBe($"{count - 20} more of these are not shown.");
        }
    }

    [Fact]
    public void Cut_FindingThatPasses_IsShownAloneOnly()
    {
        var (pass, warning) = (DoctorFinding.Pass("check", "x"), DoctorFinding.Warn("check", "y", why: ""));

        StatusEndpoint.Cut([pass]).ShouldBe([pass]);
        StatusEndpoint.Cut([pass, warning]).ShouldBe([warning]);
    }

    private static long Days(int days) => (long)TimeSpan.FromDays(days).TotalMilliseconds;

    private static List<string?> Names(JsonElement list) => [.. list.EnumerateArray().Select(name => name.GetString())];

    private static List<Line> Read(JsonElement status) =>
        [
            .. status
                .GetProperty("checks")
                .EnumerateArray()
                .Select(line => new Line(
                    line.Text("check"),
                    line.Text("state"),
                    line.Text("summary"),
                    line.Text("next")
                )),
        ];

    private string At(int days) => service.Time.GetUtcNow().AddDays(days).ToString("u", CultureInfo.InvariantCulture);

    private Task<JsonElement> StatusAsync() => service.Api.GetOkAsync(Path);

    private async Task<List<Line>> LinesAsync(string check) =>
        [.. Read(await StatusAsync()).Where(line => line.Check == check)];

    private async Task ShouldShowAsync(string check, string state, string summary, string next) =>
        (await LinesAsync(check)).ShouldHaveSingleItem().ShouldBe(new Line(check, state, summary, next));

    private async Task<string> CreateTunnelAsync(string name = "docs") =>
        (await service.Api.PostOkAsync("/v1/tunnels", $$"""{"display_name":"{{name}}"}""")).Id();

    private async Task<string> CreateIssuerAsync() =>
        (
            await service.Api.PostOkAsync(
                "/v1/organizations/federation_issuers",
                """{"name":"corp","issuer_url":"https://idp.example.com","jwks":{"type":"discovery"}}"""
            )
        ).Id();

    private async Task<string> CreateAuthorityAsync() =>
        (
            await service.Api.PostOkAsync(
                "/v1/certificate_authorities",
                $$"""{"name":"Acme CA","tunnel_id":"{{await CreateTunnelAsync()}}","custody":"sealed"}"""
            )
        ).Id();

    private async Task<HttpClient> WithRoleAsync(string role, string? organization = null)
    {
        var owner = organization is null ? "" : $",\"organization_id\":\"{organization}\"";
        var key = await service.Api.PostOkAsync(
            "/v1/admin_keys",
            $$"""{"name":"{{role}}","role":"{{role}}"{{owner}}}"""
        );
        return service.Client(key.Text("admin_key"));
    }

    private async Task ExecuteAsync(string sql, object parameters)
    {
        await using var connection = service.Get<Database>().OpenWrite();
        await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: Cancel));
    }

    private sealed record Line(string Check, string State, string Summary, string Next);

    private sealed class FailingJob(TimeProvider time)
        : RecurringJob("failing_job", "Fails.", TimeSpan.FromDays(1000), time)
    {
        protected override Task RunRoundAsync(CancellationToken cancellationToken) =>
            throw new InvalidOperationException("It fails.");
    }
}

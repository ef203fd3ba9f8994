using System.Net;
using System.Text.Json;
using Culvert.Identity.Service.Certificates.Enrollments;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tests.Tunnels;
using Culvert.Identity.Service.Tunnels.Machines;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Machines;

public sealed class ReportTests
{
    private const string EdgeReport = """
        {"revision":1,"epochs":{"platform":1},"serial":"ed9e","version":"0.1.0","sni_public_port":9443,
         "agents":[{"tunnel_id":"TUNNEL","instance_id":"one","connections":2}],"client_connections":{"TUNNEL":3}}
        """;

    private const string AgentReport = """
        {"revision":1,"epochs":{"platform":1,"trust_bundle":0},"serials":{"platform":"a1one","server":null},
         "version":"0.1.0","routes":[{"name":"docs","hostname":"docs.x","upstream_healthy":true,"detail":""}]}
        """;

    private const string FromBeforeContact =
        """{"last_contact":"2026-11-25T02:00:01Z","from":"2026-11-25T02:00:00Z","to":"2026-11-25T02:10:00Z"}""";

    private const string ToBeforeFrom =
        """{"last_contact":"2026-11-25T02:00:00Z","from":"2026-11-25T02:01:00Z","to":"2026-11-25T02:00:59Z"}""";

    private readonly ScriptedPeers peers = new();
    private readonly ScriptedEnrollments enrollments = new();

    [Fact]
    public async Task Edge_Report_TellsItsPortToAgentsOnce()
    {
        await using var service = await StartAsync();
        var tunnel = await service.Api.PostOkAsync("/v1/tunnels");
        var id = await FeedTests.CreateEdgeAsync(service);
        var (edge, _) = service.Edge(peers, id);
        var (agent, _) = service.Agent(peers, tunnel.Text("organization_id"), tunnel.Id());

        (await edge.PostAsync("/v1/edge/reports", EdgeReport)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        var first = await agent.GetOkAsync("/v1/agent/feed");
        (await edge.PostAsync("/v1/edge/reports", EdgeReport)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        var second = await agent.GetOkAsync("/v1/agent/feed");

        first.GetProperty("edges")[0].GetProperty("public_port").GetInt32().ShouldBe(9443);
        second.GetProperty("revision").GetInt64().ShouldBe(first.GetProperty("revision").GetInt64());
        (await service.Api.GetOkAsync("/v1/edges/" + id)).GetProperty("public_port").GetInt32().ShouldBe(9443);
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Edge_ServedWithoutContact_IsInTheAuditOnce()
    {
        await using var service = await StartAsync();
        var id = await FeedTests.CreateEdgeAsync(service);
        var (edge, _) = service.Edge(peers, id);

        await ReportAsync(EdgeReport);
        (await EventsAsync()).ShouldBeEmpty();
        await ReportAsync(Offline("02:10:00"));
        await ReportAsync(Offline("02:10:00"));
        var first = (await EventsAsync()).ShouldHaveSingleItem();
        first.Text("edge_id").ShouldBe(id);
        first.Text("last_contact").ShouldBe("2026-11-25T02:00:00Z");
        first.Text("from").ShouldBe("2026-11-25T02:01:00Z");
        first.Text("to").ShouldBe("2026-11-25T02:10:00Z");
        await ReportAsync(Offline("02:30:00"));
        (await EventsAsync()).Select(one => one.Text("to")).ShouldContain("2026-11-25T02:30:00Z");
        (await EventsAsync()).Count.ShouldBe(2);

        async Task ReportAsync(string report) =>
            (await edge.PostAsync("/v1/edge/reports", report)).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        // An edge belongs to no organization: the entry is in the export of those who operate the installation.
        async Task<IReadOnlyList<JsonElement>> EventsAsync() =>
            [
                .. (await service.Api.GetStringAsync("/v1/audit/export", TestContext.Current.CancellationToken))
                    .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                    .Select(line => JsonElement.Parse(line).Text("body"))
                    .Where(body =>
                        body is not null && body.Contains("\"edge_served_offline\"", StringComparison.Ordinal)
                    )
                    .Select(body => JsonElement.Parse(body!).GetProperty("event_data")),
            ];

        static string Offline(string to) =>
            EdgeReport.Replace(
                "\"serial\":",
                $$"""
                "offline_grace":{"last_contact":"2026-11-25T02:00:00Z","from":"2026-11-25T02:01:00Z","to":"2026-11-25T{{to}}Z"},"serial":
                """,
                StringComparison.Ordinal
            );
    }

    [Fact]
    public async Task Edge_AnotherPortLater_LeavesTheTunnelsPortUntilAnOperatorChangesIt()
    {
        await using var service = await StartAsync();
        var tunnel = await service.Api.PostOkAsync("/v1/tunnels");
        var (first, _) = service.Edge(peers, await FeedTests.CreateEdgeAsync(service));
        var (other, _) = service.Edge(peers, await FeedTests.CreateEdgeAsync(service, "edge-2"));
        var (agent, _) = service.Agent(peers, tunnel.Text("organization_id"), tunnel.Id());
        var moved = EdgeReport.Replace("9443", "8443", StringComparison.Ordinal);

        (await FeedPortAsync(agent)).ShouldBeNull();
        await first.PostAsync("/v1/edge/reports", EdgeReport);
        (await FeedPortAsync(agent)).ShouldBe(9443);
        await other.PostAsync("/v1/edge/reports", moved);
        await first.PostAsync("/v1/edge/reports", moved);
        (await FeedPortAsync(agent)).ShouldBe(9443);
        var status = await service.Api.GetOkAsync($"/v1/tunnels/{tunnel.Id()}/status");
        status.GetProperty("public_port").GetInt32().ShouldBe(9443);
        status
            .GetProperty("edges")
            .EnumerateArray()
            .Select(edge => edge.GetProperty("public_port").GetInt32())
            .ShouldBe([8443, 8443]);

        await service.Api.PostOkAsync("/v1/tunnels/" + tunnel.Id(), """{"public_port":8443}""");
        (await FeedPortAsync(agent)).ShouldBe(8443);
        var next = await service.Api.PostOkAsync("/v1/tunnels");
        next.GetProperty("public_port").GetInt32().ShouldBe(8443);
    }

    private static async Task<int?> FeedPortAsync(HttpClient agent) =>
        (await agent.GetOkAsync("/v1/agent/feed")).GetProperty("tunnel").TryGetProperty("public_port", out var port)
            ? port.GetInt32()
            : null;

    [Fact]
    public async Task Agent_ReportWithAnAuditAlarm_IsRecordedOnceUntilItEnds()
    {
        await using var service = await StartAsync();
        var tunnel = await service.Api.PostOkAsync("/v1/tunnels");
        var (agent, _) = service.Agent(peers, tunnel.Text("organization_id"), tunnel.Id());
        var alarm = AgentReport.Replace(
            "\"version\"",
            "\"audit_alarm\":\"rollback\",\"version\"",
            StringComparison.Ordinal
        );

        foreach (var report in (string[])[alarm, alarm, AgentReport, alarm])
        {
            (await agent.PostAsync("/v1/agent/reports", report)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        }

        var audit = await service.Api.GetOkAsync("/v1/audit");
        audit
            .GetProperty("data")
            .EnumerateArray()
            .Select(entry => entry.GetProperty("body"))
            .Where(body => body.Text("event") == "audit_checkpoint_disputed")
            .Select(body => body.GetProperty("event_data").Text("reason"))
            .ShouldBe(["rollback", "rollback"]);
        (
            await agent.PostAsync("/v1/agent/reports", alarm.Replace("rollback", "x", StringComparison.Ordinal))
        ).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Status_FromNothingToReady_NamesWhatIsMissing()
    {
        await using var service = await StartAsync();
        var tunnel = await service.Api.PostOkAsync("/v1/tunnels");
        var path = "/v1/tunnels/" + tunnel.Id();
        var before = await service.Api.GetOkAsync(path + "/status");
        before.Text("state").ShouldBe("not_set_up");
        Problems(before)
            .ShouldBe(["no_certificate", "source_ranges_empty", "no_edge", "no_live_agent", "no_agent_connection"]);

        await service.Api.PostOkAsync(path, """{"client_source_ranges":["127.0.0.0/8"]}""");
        await service.Api.PostOkAsync(path + "/certificates", TunnelEndpointsTests.Pem(TestCertificates.Authority()));
        var (edge, _) = service.Edge(peers, await FeedTests.CreateEdgeAsync(service));
        enrollments.Add(FeedTests.Enrollment(tunnel.Id(), service));
        var (agent, _) = service.Agent(peers, tunnel.Text("organization_id"), tunnel.Id());
        await agent.PostAsync("/v1/agent/reports", AgentReport);
        await edge.PostAsync("/v1/edge/reports", EdgeReport.Replace("TUNNEL", tunnel.Id(), StringComparison.Ordinal));

        var status = await service.Api.GetOkAsync(path + "/status");
        Problems(status).ShouldBeEmpty();
        status.GetProperty("ready").GetBoolean().ShouldBeTrue();
        status.GetProperty("agents_live").GetInt32().ShouldBe(1);
        status.GetProperty("edges")[0].GetProperty("agent_connections").GetInt32().ShouldBe(2);
        status.GetProperty("edges")[0].GetProperty("client_connections").GetInt32().ShouldBe(3);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public async Task Agents_Liveness_EndsAThirdOfLiveForAndAPollAfterTheLastContact(int seconds, bool live)
    {
        await using var service = await StartAsync();
        var tunnel = await service.Api.PostOkAsync("/v1/tunnels");
        enrollments.Add(FeedTests.Enrollment(tunnel.Id(), service));
        var (agent, _) = service.Agent(peers, tunnel.Text("organization_id"), tunnel.Id());
        await agent.PostAsync("/v1/agent/reports", AgentReport);
        var options = service.Options.Agents;
        service.Time.JumpTo(
            service.Time.GetUtcNow() + (options.LiveFor / 3) + options.FeedWaitMax + TimeSpan.FromSeconds(seconds)
        );

        var list = await service.Api.GetOkAsync($"/v1/tunnels/{tunnel.Id()}/agents");

        var shown = list.GetProperty("data")[0];
        shown.GetProperty("live").GetBoolean().ShouldBe(live);
        shown.Text("instance_id").ShouldBe("one");
        shown.Text("version").ShouldBe("0.1.0");
        shown.GetProperty("routes")[0].Text("name").ShouldBe("docs");
    }

    [Fact]
    public async Task Agents_WhatTheDoctorFound_IsTheLastWordAndNeverOfTheFuture()
    {
        await using var service = await StartAsync();
        var tunnel = await service.Api.PostOkAsync("/v1/tunnels");
        enrollments.Add(FeedTests.Enrollment(tunnel.Id(), service));
        var (agent, _) = service.Agent(peers, tunnel.Text("organization_id"), tunnel.Id());
        var path = $"/v1/tunnels/{tunnel.Id()}/agents";
        (await agent.PostAsync("/v1/agent/reports", AgentReport)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await service.Api.GetOkAsync(path))
            .GetProperty("data")[0]
            .GetProperty("doctor")
            .ValueKind.ShouldBe(JsonValueKind.Null);

        await agent.PostAsync("/v1/agent/reports", WithDoctor(Check("edges", "fail", "1 of 2", "look")));
        await agent.PostAsync("/v1/agent/reports", WithDoctor(Check("edges", "pass", "Every edge is connected.", "")));

        var doctor = (await service.Api.GetOkAsync(path)).GetProperty("data")[0].GetProperty("doctor");
        doctor.GetProperty("checked_at").GetDateTimeOffset().ShouldBe(service.Time.GetUtcNow());
        var check = doctor.GetProperty("checks").EnumerateArray().ShouldHaveSingleItem();
        check.Text("id").ShouldBe("edges");
        check.Text("status").ShouldBe("pass");
        check.Text("summary").ShouldBe("Every edge is connected.");
        check.Text("next").ShouldBe("");
    }

    public static TheoryData<string, int> DoctorReports() =>
        new()
        {
            { Check("edges", "pass", new string('x', 300), new string('x', 300)), 204 },
            { Check("edges", "pass", new string('x', 301), ""), 400 },
            { Check("edges", "pass", "x", new string('x', 301)), 400 },
            { Check("edges", "Pass", "x", ""), 400 },
            { Check("Edges", "pass", "x", ""), 400 },
            { Check("", "pass", "x", ""), 400 },
            { Check("edges", "pass", "", ""), 400 },
            { Check("edges", "pass", "two\nlines", ""), 400 },
            {
                Check("edges", "pass", "x", "").Replace("\"id\"", "\"evidence\":[],\"id\"", StringComparison.Ordinal),
                400
            },
            { string.Join(',', Enumerable.Repeat(Check("edges", "pass", "x", ""), 64)), 204 },
            { string.Join(',', Enumerable.Repeat(Check("edges", "pass", "x", ""), 65)), 400 },
        };

    [Theory]
    [MemberData(nameof(DoctorReports))]
    public async Task Agent_ReportOfTheDoctor_IsBounded(string checks, int status)
    {
        await using var service = await StartAsync();
        var tunnel = await service.Api.PostOkAsync("/v1/tunnels");
        var (agent, _) = service.Agent(peers, tunnel.Text("organization_id"), tunnel.Id());

        var answer = await agent.PostAsync("/v1/agent/reports", WithDoctor(checks));

        ((int)answer.StatusCode).ShouldBe(status);
    }

    private static string Check(string id, string status, string summary, string next) =>
        $$"""{"id":"{{id}}","status":"{{status}}","summary":"{{summary}}","next":"{{next}}"}""";

    private static string WithDoctor(string checks) =>
        AgentReport.Replace(
            "\"version\"",
            $$"""
            "doctor":{"checked_at":"2999-01-01T00:00:00Z","checks":[{{checks}}]},"version"
            """,
            StringComparison.Ordinal
        );

    [Fact] // the service does not wait five minutes for the acknowledgement of a machine that was stopped on purpose
    public async Task Machines_SayThatTheyLeave_AreLiveAgainWithTheirNextWord()
    {
        await using var service = await StartAsync();
        var tunnel = await service.Api.PostOkAsync("/v1/tunnels");
        var path = "/v1/tunnels/" + tunnel.Id();
        enrollments.Add(FeedTests.Enrollment(tunnel.Id(), service));
        var (agent, _) = service.Agent(peers, tunnel.Text("organization_id"), tunnel.Id());
        var (edge, _) = service.Edge(peers, await FeedTests.CreateEdgeAsync(service));

        foreach (var (last, live) in ((string, int)[])[("", 1), ("\"leaving\":true,", 0), ("", 1)])
        {
            var agentReport = AgentReport.Replace("\"version\"", last + "\"version\"", StringComparison.Ordinal);
            var edgeReport = EdgeReport.Replace("\"version\"", last + "\"version\"", StringComparison.Ordinal);
            (await agent.PostAsync("/v1/agent/reports", agentReport)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
            (await edge.PostAsync("/v1/edge/reports", edgeReport)).StatusCode.ShouldBe(HttpStatusCode.NoContent);

            var status = await service.Api.GetOkAsync(path + "/status");
            status.GetProperty("agents_live").GetInt32().ShouldBe(live);
            status.GetProperty("edges")[0].GetProperty("live").GetBoolean().ShouldBe(live == 1);
        }

        // It is back before its first report: contact is enough.
        await agent.PostAsync(
            "/v1/agent/reports",
            AgentReport.Replace("\"version\"", "\"leaving\":true,\"version\"", StringComparison.Ordinal)
        );
        service.Time.JumpTo(service.Time.GetUtcNow().AddSeconds(2));
        await agent.GetOkAsync("/v1/agent/feed");
        (await service.Api.GetOkAsync(path + "/status")).GetProperty("agents_live").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Agents_Revoke_IsAuditedAndIdempotent()
    {
        await using var service = await StartAsync();
        await service.PauseJobsAsync();
        var tunnel = await service.Api.PostOkAsync("/v1/tunnels");
        var record = FeedTests.Enrollment(tunnel.Id(), service);
        enrollments.Add(record);
        var path = $"/v1/tunnels/{tunnel.Id()}/agents/{record.Id}/revoke";

        var first = await service.Api.PostOkAsync(path, """{"reason":"stolen"}""");
        service.Time.JumpTo(service.Time.GetUtcNow().AddHours(1));
        var second = await service.Api.PostOkAsync(path);

        second.Text("revoked_at").ShouldBe(first.Text("revoked_at"));
        var audit = (await service.Api.GetOkAsync("/v1/audit?limit=2")).GetProperty("data");
        audit[0].GetProperty("body").Text("event").ShouldBe("agent_revoked");
        audit[0].GetProperty("body").GetProperty("event_data").Text("reason").ShouldBe("stolen");
        audit[1].GetProperty("body").Text("event").ShouldBe("tunnel_created");
    }

    [Fact]
    public async Task Agents_RevokeOfAnotherTunnelsAgent_Is404()
    {
        await using var service = await StartAsync();
        var tunnel = await service.Api.PostOkAsync("/v1/tunnels");
        var other = await service.Api.PostOkAsync("/v1/tunnels");
        var record = FeedTests.Enrollment(other.Id(), service);
        enrollments.Add(record);

        await service
            .Api.PostAsync($"/v1/tunnels/{tunnel.Id()}/agents/{record.Id}/revoke", null)
            .ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
    }

    [Theory]
    [InlineData("\"trust_bundle\":0", "\"trust_bundle\":1", "report.epoch")]
    [InlineData("\"platform\":1,", "\"platform\":2,", "report.epoch")]
    [InlineData("\"revision\":1", "\"revision\":-1", "request.invalid")]
    [InlineData("\"version\":\"0.1.0\"", "\"version\":null", "request.invalid")]
    [InlineData("\"detail\":\"\"", "\"detail\":\"\",\"more\":1", "request.invalid")]
    [InlineData("\"detail\":\"\"", "\"detail\":\"\",\"detail\":\"\"", "request.invalid")]
    [InlineData("\"routes\":[", "\"routes\":[null,", "request.invalid")]
    public async Task Agent_BadReport_IsRefused(string good, string bad, string code)
    {
        await using var service = await StartAsync();
        var tunnel = await service.Api.PostOkAsync("/v1/tunnels");
        var (agent, _) = service.Agent(peers, tunnel.Text("organization_id"), tunnel.Id());

        await agent
            .PostAsync("/v1/agent/reports", AgentReport.Replace(good, bad, StringComparison.Ordinal))
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, code);
    }

    [Theory]
    [InlineData("\"sni_public_port\":9443", "\"sni_public_port\":0")]
    [InlineData("\"sni_public_port\":9443", "\"sni_public_port\":65536")]
    [InlineData("\"sni_public_port\":9443", "\"sni_public_port\":9443,\"connect_public_port\":0")]
    [InlineData("\"sni_public_port\":9443", "\"sni_public_port\":9443,\"connect_public_port\":65536")]
    [InlineData("\"connections\":2", "\"connections\":-2")]
    [InlineData("\"serial\":\"ed9e\",", "")]
    [InlineData("\"serial\":", "\"offline_grace\":{\"last_contact\":\"2026-11-25T02:00:00Z\"},\"serial\":")]
    [InlineData("\"serial\":", "\"offline_grace\":" + FromBeforeContact + ",\"serial\":")]
    [InlineData("\"serial\":", "\"offline_grace\":" + ToBeforeFrom + ",\"serial\":")]
    [InlineData("\"connections\":2", "\"connections\":2147483647")]
    [InlineData("\"agents\":[", "\"agents\":[null,")]
    public async Task Edge_BadReport_IsRefused(string good, string bad)
    {
        await using var service = await StartAsync();
        var (edge, _) = service.Edge(peers, await FeedTests.CreateEdgeAsync(service));

        await edge.PostAsync("/v1/edge/reports", EdgeReport.Replace(good, bad, StringComparison.Ordinal))
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");
    }

    private static string?[] Problems(JsonElement status) =>
        [.. status.GetProperty("problems").EnumerateArray().Select(problem => problem.GetString())];

    private Task<ServiceUnderTest> StartAsync() =>
        ServiceUnderTest.StartAsync(services =>
            services
                .AddSingleton<IMachinePeerVerifier>(peers)
                .AddSingleton<IAgentEnrollments>(enrollments)
                .AddSingleton<IRevokedMachines>(enrollments)
        );
}

using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.EndToEnd.Tests.Fidelity;
using Culvert.EndToEnd.Tests.Harness;
using Culvert.EndToEnd.Tests.Policies;
using Culvert.Stage.Hops;
using ModelContextProtocol.Client;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.SignIn;

/// <summary>A person is off-boarded while their calls wait for approval, at a real agent.</summary>
[Collection(SignInSystemCollection.Name)]
public sealed class OffBoardedCallerTests(SignInSystem system) : SystemTest(system)
{
    private const string Leaver = "leaver";
    private const string Watcher = "watcher";
    private const int Streams = 100;
    private const string ApprovalRequired = "policy.approval_required";
    private const string Version = "2025-11-25";
    private const string Location = "Chicago";

    // docs/off-boarding.md: at every connected agent.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task OffBoard_WhileACallAndAFindingWait_EndsBothAndTheCallerLosesAccess()
    {
        using var api = new ManagementApi(Installation.Service);
        await system.AllowAsync(Leaver, Cancel);
        var token = await SignInAsync();
        await using var session = await ConnectAsync(token);
        foreach (var tool in (string[])[SignInSystem.ApprovedTool, SignInSystem.HeldTool])
        {
            var waiting = await CallAsync(session, token, tool);
            (waiting.Status, waiting.Error, waiting.Reason).ShouldBe((HttpStatusCode.OK, -32006, ApprovalRequired));
        }

        var pending = await ListAsync("pending");
        pending.Count.ShouldBe(2);

        var done = await api.CreateAsync(
            "/v1/people/off_board",
            new
            {
                issuer_id = Installation.Record.IssuerId,
                subject = Leaver,
                reason = "has left",
            },
            Cancel
        );

        done.GetProperty("effects").GetProperty("call_approvals").GetInt32().ShouldBe(2);
        (await ListAsync("pending")).ShouldBeEmpty();
        (await ListAsync("rejected")).Order(StringComparer.Ordinal).ShouldBe(pending.Order(StringComparer.Ordinal));
        foreach (var id in pending)
        {
            var refused = await Should.ThrowAsync<HttpRequestException>(
                api.CreateAsync(
                    $"/v1/tunnels/{Installation.Record.Tunnel.Id}/approvals/{id}/approve",
                    new { reason = "too late" },
                    Cancel
                )
            );
            refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
            refused.Message.ShouldContain("approvals.decided");
        }

        await UntilAsync(
            async () =>
                (await CallAsync(session, token, SignInSystem.ApprovedTool)).Status == HttpStatusCode.Unauthorized,
            "the agent refuses the caller's token",
            Limit
        );
        (await CallAsync(session, token, SignInSystem.HeldTool)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        var calls = System.UpstreamSide.Count(Encoding.UTF8.GetBytes(Location));
        calls.ShouldBePositive("the control: the held finding is of a call");

        // The agent no longer has the finding: the person who comes back calls the server again, and the rejection still applies.
        var before = done.GetProperty("issued_before").GetDateTimeOffset();
        await UntilAsync(
            () => Task.FromResult(TimeProvider.System.GetUtcNow() - before > TimeSpan.FromSeconds(2)),
            "the seconds that are covered pass",
            TimeSpan.FromMinutes(1)
        );
        var next = await SignInAsync();
        await using var later = await ConnectAsync(next);
        var rejected = await CallAsync(later, next, SignInSystem.HeldTool);
        (rejected.Status, rejected.Error, rejected.Reason).ShouldBe(
            (HttpStatusCode.OK, -32006, "policy.approval_rejected")
        );
        rejected.Body.ShouldNotContain("temperature\"");
        System.UpstreamSide.Count(Encoding.UTF8.GetBytes(Location)).ShouldBe(calls + 1);

        async Task<List<string>> ListAsync(string state) =>
            [
                .. (await api.ListAsync($"/v1/approvals?state={state}", Cancel))
                    .Where(one => one.GetProperty("subject").GetString() == $"{Installation.Record.IssuerId}:{Leaver}")
                    .Select(one => one.GetProperty("id").GetString()!),
            ];
    }

    // Each is a call whose answer is an event stream, which the server would keep open for minutes.
    [Fact]
    public async Task OffBoard_WhileStreamsAreOpen_EndsEachOfThem()
    {
        using var api = new ManagementApi(Installation.Service);
        await system.AllowAsync(Watcher, Cancel);
        var token = await SignInAsync(Watcher);
        await using var session = await ConnectAsync(token);
        using var client = new RouteClient(Installation.Endpoint, Installation.Record.Tunnel.TrustBundle, token);
        var streams = new List<Task>();
        for (var i = 0; i < Streams; i++)
        {
            var answer = await client.SendAsync(HttpMethod.Post, LongCall(i), Headers(session), Cancel);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
            streams.Add(ReadToEndAsync(answer));
        }

        streams.ShouldAllBe(stream => !stream.IsCompleted);

        await api.CreateAsync(
            "/v1/people/off_board",
            new
            {
                issuer_id = Installation.Record.IssuerId,
                subject = Watcher,
                reason = "has left",
            },
            Cancel
        );

        await Task.WhenAll(streams).WaitAsync(Limit, Cancel);
    }

    private static string LongCall(int id) =>
        new JsonObject
        {
            ["jsonrpc"] = "2.0",
            ["id"] = id,
            ["method"] = "tools/call",
            ["params"] = new JsonObject
            {
                ["name"] = "trigger-long-running-operation",
                ["arguments"] = new JsonObject { ["duration"] = 300, ["steps"] = 300 },
                ["_meta"] = new JsonObject { ["progressToken"] = id },
            },
        }.ToJsonString();

    // A stream that is cut ends with an error at the client.
    private static async Task ReadToEndAsync(HttpResponseMessage answer)
    {
        using (answer)
        {
            try
            {
                await answer.Content.CopyToAsync(Stream.Null, Cancel);
            }
            catch (Exception e) when (e is HttpRequestException or IOException) { }
        }
    }

    private Task<string> SignInAsync(string person = Leaver) => system.SignInAsync(person, Cancel);

    private static KeyValuePair<string, string>[] Headers(CSharpClient session) =>
        [new("Mcp-Session-Id", session.Client.SessionId ?? ""), new("MCP-Protocol-Version", Version)];

    private Task<CSharpClient> ConnectAsync(string token) =>
        CSharpClient.ConnectAsync(
            Installation.Endpoint,
            Installation.Record.Tunnel.TrustBundle,
            token,
            new McpClientOptions { ProtocolVersion = Version },
            Cancel
        );

    private async Task<CallAnswer> CallAsync(CSharpClient session, string token, string tool)
    {
        using var client = new RouteClient(Installation.Endpoint, Installation.Record.Tunnel.TrustBundle, token);
        JsonObject arguments =
            tool == SignInSystem.HeldTool ? new() { ["location"] = Location } : new() { ["a"] = 1, ["b"] = 2 };
        var message = new JsonObject
        {
            ["jsonrpc"] = "2.0",
            ["id"] = 7,
            ["method"] = "tools/call",
            ["params"] = new JsonObject { ["name"] = tool, ["arguments"] = arguments },
        };
        using var answer = await client.SendAsync(HttpMethod.Post, message.ToJsonString(), Headers(session), Cancel);
        var reason = answer.Headers.TryGetValues("culvert-reason", out var values) ? values.Single() : null;
        return new CallAnswer(answer.StatusCode, reason, await answer.Content.ReadAsStringAsync(Cancel));
    }
}

using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.EndToEnd.Tests.Harness;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Fidelity;

/// <summary>Rules L1–L9: the era with sessions, through the whole tunnel.</summary>
[Collection(StandardSystemCollection.Name)]
public sealed class LegacyEraTests(StandardSystem system) : FixtureTest(system)
{
    private const string Version = "2025-11-25";

    [Fact]
    public async Task L4_Session_LastsUntilItIsDeleted()
    {
        using var client = await ConnectAsync();
        var session = await InitializeAsync(client);
        using var listed = await client.SendAsync(HttpMethod.Post, Message("tools/list"), session, Cancel);
        listed.StatusCode.ShouldBe(HttpStatusCode.OK);

        using var deleted = await client.SendAsync(HttpMethod.Delete, null, session, Cancel);
        using var after = await client.SendAsync(HttpMethod.Post, Message("tools/list"), session, Cancel);

        deleted.StatusCode.ShouldBe(HttpStatusCode.OK);
        after.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        after.Headers.Contains("culvert-failed-hop").ShouldBeFalse("the server itself says so");
    }

    [Fact]
    public async Task L3_Notification_IsAcceptedWithoutABody()
    {
        using var client = await ConnectAsync();
        var session = await InitializeAsync(client);

        using var accepted = await client.SendAsync(
            HttpMethod.Post,
            Message("notifications/initialized", id: null),
            session,
            Cancel
        );

        accepted.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        accepted.Content.Headers.ContentType.ShouldBeNull();
        (await accepted.Content.ReadAsByteArrayAsync(Cancel)).ShouldBeEmpty();
    }

    [Fact]
    public async Task P8_Session_OfAnotherPrincipal_Is404()
    {
        using var owner = await ConnectAsync();
        using var other = await ConnectAsSomebodyElseAsync();
        var session = await InitializeAsync(owner);

        foreach (var method in (HttpMethod[])[HttpMethod.Post, HttpMethod.Get, HttpMethod.Delete])
        {
            var body = method == HttpMethod.Post ? Message("tools/list") : null;
            using var refused = await other.SendAsync(method, body, session, Cancel);
            refused.StatusCode.ShouldBe(HttpStatusCode.NotFound, method.Method);
        }

        using var own = await owner.SendAsync(HttpMethod.Post, Message("tools/list"), session, Cancel);
        own.StatusCode.ShouldBe(HttpStatusCode.OK);
        _ = await InitializeAsync(other); // it may have sessions of its own
    }

    [Fact]
    public async Task L5_GetStream_CarriesWhatTheServerHasToSay()
    {
        using var client = await ConnectAsync();
        var session = await InitializeAsync(client);
        await using var stream = await EventReader.OpenAsync(
            client.SendAsync(HttpMethod.Get, null, session, Cancel),
            Cancel
        );

        for (var change = 0; change < 2; change++)
        {
            await ChangeToolsAsync();
            Method(await stream.NextAsync()).ShouldBe("notifications/tools/list_changed");
        }
    }

    [Fact]
    public async Task L6_LastEventId_ReplaysWhatWasMissed()
    {
        using var client = await ConnectAsync();
        var session = await InitializeAsync(client);
        string lastId;
        await using (var stream = await CallAsync(client, session, "wait_between_events"))
        {
            Progress(await stream.NextAsync()).ShouldBe(1);
            lastId = stream.LastId;
        }

        // L8: the call continues without its reader.
        await StepAsync();
        await StepAsync();
        await StepAsync();

        KeyValuePair<string, string>[] resuming = [.. session, new("Last-Event-ID", lastId)];
        await using var resumed = await EventReader.OpenAsync(
            client.SendAsync(HttpMethod.Get, null, resuming, Cancel),
            Cancel
        );
        Progress(await resumed.NextAsync()).ShouldBe(2);
        Progress(await resumed.NextAsync()).ShouldBe(3);
        Text(await resumed.NextAsync()).ShouldBe("Three steps.");
    }

    [Theory]
    [InlineData("test_sampling", "prompt", "sampling/createMessage")]
    [InlineData("test_elicitation", "message", "elicitation/create")]
    public async Task L8_ServerAsks_TheAnswerIsAPostAndTheCallGoesOn(string tool, string argument, string asked)
    {
        using var client = await ConnectAsync();
        var session = await InitializeAsync(client);
        await using var stream = await CallAsync(client, session, tool, new JsonObject { [argument] = "Grüße?" });

        var question = await stream.NextAsync();
        Method(question).ShouldBe(asked);
        var answer = new JsonObject
        {
            ["jsonrpc"] = "2.0",
            ["id"] = JsonNode.Parse(question!.Value.GetProperty("id").GetRawText()),
            ["result"] =
                tool == "test_sampling"
                    ? JsonNode.Parse(
                        """{"model":"m","role":"assistant","content":{"type":"text","text":"forty-two ✓"}}"""
                    )
                    : JsonNode.Parse(
                        """{"action":"accept","content":{"username":"forty-two ✓","email":"a@b.example"}}"""
                    ),
        };
        using var accepted = await client.SendAsync(HttpMethod.Post, answer.ToJsonString(), session, Cancel);

        accepted.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        Text(await stream.NextAsync())!.ShouldContain("forty-two ✓");
        (await stream.NextAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task P3_ClosedStream_LeavesTheSessionUsable()
    {
        using var client = await ConnectAsync();
        var session = await InitializeAsync(client);
        var before = await UntilAsync(c => c.Open == 0);
        await using (var stream = await CallAsync(client, session, "wait_for_ever"))
        {
            Progress(await stream.NextAsync()).ShouldBe(0);
        }

        await UntilAsync(c => c.Open == 0);

        using var listed = await client.SendAsync(HttpMethod.Post, Message("tools/list"), session, Cancel);
        listed.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await UntilAsync(c => c.Open == 0)).Aborted.ShouldBe(before.Aborted + 1);
    }

    [Fact]
    public async Task P1_Events_PassOneByOne()
    {
        using var client = await ConnectAsync();
        var session = await InitializeAsync(client);
        await using var stream = await CallAsync(client, session, "wait_between_events");
        for (var step = 1; step <= 3; step++)
        {
            // The server sends the next one only after this one was seen here.
            Progress(await stream.NextAsync()).ShouldBe(step);
            await StepAsync();
        }

        Text(await stream.NextAsync()).ShouldBe("Three steps.");
    }

    private static async Task<KeyValuePair<string, string>[]> InitializeAsync(RouteClient client)
    {
        var parameters = new JsonObject
        {
            ["protocolVersion"] = Version,
            ["capabilities"] = JsonNode.Parse("""{"sampling":{},"elicitation":{}}"""),
            ["clientInfo"] = JsonNode.Parse("""{"name":"culvert-tests","version":"1"}"""),
        };
        using var started = await client.SendAsync(HttpMethod.Post, Message("initialize", parameters), [], Cancel);
        started.StatusCode.ShouldBe(HttpStatusCode.OK);
        await started.Content.ReadAsStringAsync(Cancel);
        KeyValuePair<string, string>[] session =
        [
            new("Mcp-Session-Id", started.Headers.GetValues("Mcp-Session-Id").Single()),
            new("MCP-Protocol-Version", Version),
        ];
        using var initialized = await client.SendAsync(
            HttpMethod.Post,
            Message("notifications/initialized", id: null),
            session,
            Cancel
        );
        initialized.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        return session;
    }

    private static Task<EventReader> CallAsync(
        RouteClient client,
        KeyValuePair<string, string>[] session,
        string tool,
        JsonObject? arguments = null
    )
    {
        var parameters = new JsonObject
        {
            ["name"] = tool,
            ["arguments"] = arguments ?? [],
            ["_meta"] = new JsonObject { ["progressToken"] = 7 },
        };
        var body = Message("tools/call", parameters, id: 2);
        return EventReader.OpenAsync(client.SendAsync(HttpMethod.Post, body, session, Cancel), Cancel);
    }

    private static string? Method(JsonElement? message) => message?.GetProperty("method").GetString();

    private static int Progress(JsonElement? message) =>
        message!.Value.GetProperty("params").GetProperty("progress").GetInt32();

    private static string? Text(JsonElement? message) =>
        message!.Value.GetProperty("result").GetProperty("content")[0].GetProperty("text").GetString();
}

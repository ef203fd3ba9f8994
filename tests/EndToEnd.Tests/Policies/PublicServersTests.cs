using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.EndToEnd.Tests.Fidelity;
using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage.Hops;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Policies;

/// <summary>
/// Public servers and clients, all unmodified, with an enforced policy and pins between them: what a client is shown is
/// what it may call, and what a rule demands of arguments is held whatever the server itself permits.
/// </summary>
[Collection(PublicServersSystemCollection.Name)]
[Trait("Level", "full")]
public sealed class PublicServersTests(PublicServersSystem system) : SystemTest(system)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static readonly string[] Routes =
    [
        TunnelAgent.Route,
        PublicServersSystem.FilesRoute,
        PublicServersSystem.MemoryRoute,
    ];

    [Fact]
    public async Task Lists_OfBothClients_AreWhatCanBeCalled()
    {
        foreach (var route in Routes)
        {
            await UntilPinnedAsync(route);
            var existing = await ExistingToolsAsync(route);
            var inspected = await InspectAsync(route, "--method", "tools/list");
            var listed = ToolNames(inspected);
            await using var caller = await ConnectAsync(route);
            (await caller.Client.ListToolsAsync(cancellationToken: Cancel)).Select(t => t.Name).ShouldBe(listed);

            listed.ShouldBe(existing.Where(listed.Contains)); // the server's order
            listed.Count.ShouldBeInRange(1, existing.Count - 1);
            foreach (var tool in existing)
            {
                var refusal = await CallAsync(caller.Client, tool, []);
                (refusal?.Message.Contains("Unknown tool", StringComparison.Ordinal) ?? false).ShouldBe(
                    !listed.Contains(tool),
                    $"{route}: {tool}: {refusal?.Message}"
                );
            }
        }
    }

    [Fact]
    public async Task DeniedTool_IsAnsweredAsAnUnknownOne_AndNotListed()
    {
        await UntilPinnedAsync(TunnelAgent.Route);
        ToolNames(await InspectAsync(TunnelAgent.Route, "--method", "tools/list")).ShouldNotContain("get-tiny-image");

        var denied = await PostAsync(TunnelAgent.Route, "get-tiny-image", []);
        var unknown = await PostAsync(TunnelAgent.Route, "get-tiny-imagx", []);

        denied.Status.ShouldBe(HttpStatusCode.OK);
        denied.Error.ShouldBe(-32602);
        denied.Body.Replace("get-tiny-image", "get-tiny-imagx", StringComparison.Ordinal).ShouldBe(unknown.Body);
        denied.Reason.ShouldBe(unknown.Reason);
        var inspected = await Installation.Inspector.TryRunAsync(
            Installation.EndpointOf(TunnelAgent.Route),
            Installation.Record.Tunnel.TrustBundle,
            await TokenAsync(TunnelAgent.Route),
            ["--method", "tools/call", "--tool-name", "get-tiny-image"],
            Cancel
        );
        inspected.Output.ShouldNotContain("\"image/png\"");
    }

    [Theory]
    [InlineData("open/note.txt", "A note.")]
    [InlineData("closed/secret.txt", null)]
    [InlineData("open/../closed/secret.txt", null)]
    [InlineData("open/./../closed/secret.txt", null)]
    [InlineData("open//../closed/secret.txt", null)]
    [InlineData("open/%2e%2e/closed/secret.txt", null)]
    [InlineData("openly/secret.txt", null)]
    [InlineData("open\\..\\closed\\secret.txt", null)]
    public async Task PathOutsideOfThePrefix_IsRefusedByTheAgent(string path, string? text)
    {
        await UntilPinnedAsync(PublicServersSystem.FilesRoute);
        var whole = $"{system.Folder}/{path}";

        var answer = await PostAsync(
            PublicServersSystem.FilesRoute,
            "read_text_file",
            new JsonObject { ["path"] = whole }
        );

        answer.Status.ShouldBe(HttpStatusCode.OK);
        if (text is not null)
        {
            answer.Body.ShouldContain(text);
            var inspected = await InspectAsync(
                PublicServersSystem.FilesRoute,
                "--method",
                "tools/call",
                "--tool-name",
                "read_text_file",
                "--tool-arg",
                $"path={whole}"
            );
            inspected.ShouldContain(text);
        }
        else
        {
            answer.Error.ShouldBe(-32602);
            answer.Reason.ShouldBe("policy.arguments");
            answer.Body.ShouldContain("The argument /path is not allowed.");
            answer.Body.ShouldNotContain("A secret.");
        }
    }

    [Fact]
    public async Task ArgumentThatEqualsAClaimOfTheToken_Passes_AndAnotherOneDoesNot()
    {
        const string Tool = "search_files";
        await UntilPinnedAsync(PublicServersSystem.FilesRoute);

        var own = await SearchAsync(IdentityProvider.DeploymentClaim.Value);
        var allowed = await RecordAsync(Tool);
        var other = await SearchAsync("another-deployment");

        own.Body.ShouldContain("No matches found");
        allowed.GetProperty("decision").GetString().ShouldBe("allow");
        other.Error.ShouldBe(-32602);
        other.Reason.ShouldBe("policy.arguments");
        other.Body.ShouldContain("The argument /pattern is not allowed.");
        await UntilAsync(
            async () =>
                (await RecordAsync(Tool)).TryGetProperty("condition", out var condition)
                && condition.GetString() == "equals_claim",
            "a record of the call that was denied",
            Limit
        );
        (await RecordAsync(Tool)).ToString().ShouldNotContain("another-deployment");

        Task<CallAnswer> SearchAsync(string pattern) =>
            PostAsync(
                PublicServersSystem.FilesRoute,
                Tool,
                new JsonObject { ["path"] = $"{system.Folder}/open", ["pattern"] = pattern }
            );
    }

    [Fact]
    public async Task FilesystemServer_WithoutTheAgent_ReadsThePathThatTheRuleForbids()
    {
        var transport = new StdioClientTransport(
            new StdioClientTransportOptions
            {
                Command = "node",
                Arguments = [PublicServersSystem.ScriptOf("filesystem"), system.Folder],
            }
        );
        await using var client = await McpClient.CreateAsync(transport, cancellationToken: Cancel);

        var result = await client.CallToolAsync(
            "read_text_file",
            new Dictionary<string, object?> { ["path"] = $"{system.Folder}/open/../closed/secret.txt" },
            cancellationToken: Cancel
        );

        result.Content.OfType<TextContentBlock>().Single().Text.ShouldBe("A secret.");
    }

    [Fact]
    public async Task Budget_OfSeveralCalls_IsNeverExceeded()
    {
        await UntilPinnedAsync(TunnelAgent.Route);
        await using var caller = await ConnectAsync(TunnelAgent.Route);

        var sum = await caller.Client.CallToolAsync("get-sum", Sum(100), cancellationToken: Cancel);
        var argument = await PostAsync(TunnelAgent.Route, "get-sum", new JsonObject { ["a"] = 101, ["b"] = 1 });
        var beyond = await PostAsync(TunnelAgent.Route, "get-sum", new JsonObject { ["a"] = 51, ["b"] = 1 });
        var within = await InspectAsync(
            TunnelAgent.Route,
            "--method",
            "tools/call",
            "--tool-name",
            "get-sum",
            "--tool-arg",
            "a=50",
            "--tool-arg",
            "b=1"
        );

        sum.Content.OfType<TextContentBlock>().Single().Text.ShouldContain(" 101.");
        argument.Reason.ShouldBe("policy.arguments");
        beyond.Status.ShouldBe(HttpStatusCode.TooManyRequests);
        beyond.Reason.ShouldBe("policy.budget_exceeded");
        beyond.Error.ShouldBe(-32005);
        within.ShouldContain(" 51.");
        (await PostAsync(TunnelAgent.Route, "get-sum", new JsonObject { ["a"] = 1, ["b"] = 1 })).Status.ShouldBe(
            HttpStatusCode.TooManyRequests
        );
    }

    [Fact]
    public async Task MaskedArgument_OfAServedCall_IsNotInTheRecord()
    {
        await UntilPinnedAsync(PublicServersSystem.MemoryRoute);
        await using var caller = await ConnectAsync(PublicServersSystem.MemoryRoute);
        var entity = new JsonObject
        {
            ["name"] = "Ada Lovelace",
            ["entityType"] = "person",
            ["observations"] = new JsonArray("wrote the first program"),
        };

        await caller.Client.CallToolAsync(
            "create_entities",
            new Dictionary<string, object?> { ["entities"] = new JsonArray(entity) },
            cancellationToken: Cancel
        );
        var found = await InspectAsync(
            PublicServersSystem.MemoryRoute,
            "--method",
            "tools/call",
            "--tool-name",
            "search_nodes",
            "--tool-arg",
            "query=Ada Lovelace"
        );

        found.ShouldContain("wrote the first program");
        var created = await RecordAsync("create_entities");
        created.GetProperty("decision").GetString().ShouldBe("allow");
        created.GetProperty("rule").GetString().ShouldBe("notes");
        created.GetProperty("arguments").GetProperty("entities").ToString().ShouldContain("masked");
        created.GetProperty("pin").GetString().ShouldNotBeNullOrEmpty();
        var searched = await RecordAsync("search_nodes");
        searched.GetProperty("arguments").GetProperty("query").ToString().ShouldContain("string");
        searched.GetRawText().ShouldNotContain("Ada Lovelace");
    }

    // Which definitions a server offers depends on what the client says that it can do: those were not approved.
    [Fact]
    public async Task ToolsForOtherClientCapabilities_AreHiddenAndDenied()
    {
        await UntilPinnedAsync(TunnelAgent.Route);
        var able = new McpClientOptions { ProtocolVersion = "2025-11-25" };
        able.Handlers.ElicitationHandler = (_, _) => throw new InvalidOperationException("No server asks.");
        await using var direct = await CSharpClient.ConnectAsync(
            Installation.McpServer.Endpoint,
            null,
            null,
            able,
            Cancel
        );
        await using var caller = await ConnectAsync(TunnelAgent.Route, able);
        var plain = await ExistingToolsAsync(TunnelAgent.Route);

        var further = (await direct.Client.ListToolsAsync(cancellationToken: Cancel))
            .Select(t => t.Name)
            .Except(plain)
            .ToList();

        further.ShouldContain("trigger-elicitation-request");
        var listed = await caller.Client.ListToolsAsync(cancellationToken: Cancel);
        listed.Select(t => t.Name).Intersect(further).ShouldBeEmpty();
        (await CallAsync(caller.Client, "trigger-elicitation-request", []))!.Message.ShouldContain("Unknown tool");
    }

    [Theory]
    [InlineData("2025-11-25")]
    [InlineData("2026-07-28")]
    public async Task Conformance_BehindAPolicyThatAllowsEverything_IsWhatADirectRunFinds(string requirements)
    {
        await UntilPinnedAsync(FixtureServer.Route);
        var route = Installation.FixtureEndpoint;
        await using var shim = await HttpShim.StartAsync(Installation, route, StandardSystem.AllowedOrigin, Cancel);

        var found = await ConformanceSuite.RunAsync(
            shim.Endpoint,
            requirements,
            Installation.Run.File("conformance", $"allow-all-{requirements}"),
            Cancel
        );

        var expected = await ConformanceRecord.ReadAsync(ConformanceTarget.Fixture, requirements, Cancel);
        string.Join('\n', [.. found.Scenarios, .. found.Checks]).ShouldBe(string.Join('\n', expected));
    }

    private static Dictionary<string, object?> Sum(int a) => new() { ["a"] = a, ["b"] = 1 };

    private static List<string> ToolNames(string output)
    {
        using var answer = JsonDocument.Parse(output);
        return
        [
            .. answer.RootElement.GetProperty("tools").EnumerateArray().Select(t => t.GetProperty("name").GetString()!),
        ];
    }

    /// <summary>What the call was refused with; null = the server had it.</summary>
    private static async Task<McpException?> CallAsync(
        McpClient client,
        string tool,
        Dictionary<string, object?> arguments
    )
    {
        try
        {
            await client.CallToolAsync(tool, arguments, cancellationToken: Cancel);
            return null;
        }
        catch (McpException refused)
        {
            return refused;
        }
    }

    /// <summary>The names that the server itself lists, to a client that can do nothing.</summary>
    private async Task<List<string>> ExistingToolsAsync(string route)
    {
        if (route == TunnelAgent.Route)
        {
            await using var direct = await CSharpClient.ConnectAsync(
                Installation.McpServer.Endpoint,
                null,
                null,
                new McpClientOptions(),
                Cancel
            );
            return [.. (await direct.Client.ListToolsAsync(cancellationToken: Cancel)).Select(t => t.Name)];
        }

        var server = route == PublicServersSystem.FilesRoute ? "filesystem" : "memory";
        string[] folder = route == PublicServersSystem.FilesRoute ? [system.Folder] : [];
        var transport = new StdioClientTransport(
            new StdioClientTransportOptions
            {
                Command = "node",
                Arguments = [PublicServersSystem.ScriptOf(server), .. folder],
            }
        );
        await using var client = await McpClient.CreateAsync(transport, cancellationToken: Cancel);
        return [.. (await client.ListToolsAsync(cancellationToken: Cancel)).Select(t => t.Name)];
    }

    private Task<string> TokenAsync(string route) => Installation.TokenAsync(Installation.EndpointOf(route), Cancel);

    private async Task<CSharpClient> ConnectAsync(string route, McpClientOptions? options = null) =>
        await CSharpClient.ConnectAsync(
            Installation.EndpointOf(route),
            Installation.Record.Tunnel.TrustBundle,
            await TokenAsync(route),
            options ?? new McpClientOptions(),
            Cancel
        );

    private async Task<string> InspectAsync(string route, params string[] arguments) =>
        await Installation.Inspector.RunAsync(
            Installation.EndpointOf(route),
            Installation.Record.Tunnel.TrustBundle,
            await TokenAsync(route),
            arguments,
            Cancel
        );

    /// <summary>The call as its bytes and headers come back.</summary>
    private async Task<CallAnswer> PostAsync(string route, string tool, JsonObject arguments)
    {
        await using var session = await ConnectAsync(route, new McpClientOptions { ProtocolVersion = "2025-11-25" });
        using var client = new RouteClient(
            Installation.EndpointOf(route),
            Installation.Record.Tunnel.TrustBundle,
            await TokenAsync(route)
        );
        var message = new JsonObject
        {
            ["jsonrpc"] = "2.0",
            ["id"] = 7,
            ["method"] = "tools/call",
            ["params"] = new JsonObject { ["name"] = tool, ["arguments"] = arguments },
        };
        using var answer = await client.SendAsync(
            HttpMethod.Post,
            message.ToJsonString(),
            [new("Mcp-Session-Id", session.Client.SessionId ?? ""), new("MCP-Protocol-Version", "2025-11-25")],
            Cancel
        );
        var body = await answer.Content.ReadAsStringAsync(Cancel);
        var reason = answer.Headers.TryGetValues("culvert-reason", out var values) ? values.Single() : null;
        return new CallAnswer(answer.StatusCode, reason, body);
    }

    /// <summary>Waits until the agent has read and approved what the server lists the first time.</summary>
    private Task UntilPinnedAsync(string route) =>
        UntilAsync(
            async () =>
            {
                await using var caller = await ConnectAsync(route);
                return (await caller.Client.ListToolsAsync(cancellationToken: Cancel)).Count > 0;
            },
            $"{route} is pinned",
            Limit
        );

    /// <summary>The newest record of a call of that tool.</summary>
    private async Task<JsonElement> RecordAsync(string tool)
    {
        var file = Installation.Run.File(TunnelAgent.AutomaticName, "state", "audit", "calls.jsonl");
        var line = "";
        await UntilAsync(
            async () =>
            {
                await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
                using var reader = new StreamReader(stream);
                var lines = (await reader.ReadToEndAsync(Cancel)).Split('\n');
                // The definitions of pinned tools have records of their own.
                line = lines.LastOrDefault(
                    l =>
                        l.Contains("\"type\":\"call\"", StringComparison.Ordinal)
                        && l.Contains($"\"name\":\"{tool}\"", StringComparison.Ordinal),
                    ""
                );
                return line.Length > 0;
            },
            $"a record of {tool}",
            Limit
        );
        return JsonElement.Parse(line);
    }
}

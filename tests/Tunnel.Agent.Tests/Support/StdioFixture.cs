using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Culvert.Platform.Secrets;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Upstreams.Stdio;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Tunnel.Agent.Tests.Support;

/// <summary>A tunnel with one route to a program, and a client whose MCP messages the test writes.</summary>
internal sealed class StdioFixture : IAsyncDisposable
{
    public const string Legacy = "2025-11-25";
    public const string Modern = "2026-07-28";

    /// <summary>The members of <c>_meta</c> that every modern request must have.</summary>
    public const string ModernMeta =
        "\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\",\"io.modelcontextprotocol/clientCapabilities\":{}";

    private int lastId;

    private StdioFixture(StdioSettings settings, ILoggerFactory loggers, TimeProvider time)
    {
        Tunnel = new Tunnel(loggers, time);
        Upstream = new StdioUpstream(settings, Tunnel.Metrics, time, loggers.CreateLogger<StdioUpstream>());
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public Tunnel Tunnel { get; }

    public StdioUpstream Upstream { get; }

    public HttpClient Client { get; private set; } = null!;

    public static StdioSettings Settings(params string[] arguments) =>
        new()
        {
            Command = ["node", Peer("scripted-child.mjs"), .. arguments],
            WorkingDirectory = "/",
            Path = "/mcp",
            InheritEnvironment = ["PATH"],
            Sharing = ChildSharing.Session,
            MaxChildren = 4,
            Idle = TimeSpan.FromMinutes(10),
            Stop = TimeSpan.FromSeconds(10),
            RestartsOnFailure = true,
            Backoff = TimeSpan.FromSeconds(1),
            BackoffMax = TimeSpan.FromSeconds(30),
            MaxMessageBytes = 1 << 20,
            LogsErrors = true,
            Timeouts = new UpstreamTimeouts(TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(2)),
            Probe = new ProbeSettings(ProbeKind.None, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30)),
        };

    public static string Peer(string name) => CheckoutFolder.GetPath($"tests/Peers/{name}");

    public static async Task<StdioFixture> StartAsync(
        StdioSettings settings,
        RouteAccess? access = null,
        ILoggerFactory? loggers = null,
        TimeProvider? time = null,
        RoutePolicy? policy = null
    )
    {
        var fixture = new StdioFixture(settings, loggers ?? NullLoggerFactory.Instance, time ?? TimeProvider.System);
        fixture.Tunnel.Add("docs", fixture.Upstream, access, policy);
        await fixture.Tunnel.StartAsync();
        fixture.Client = fixture.Tunnel.Client();
        return fixture;
    }

    /// <summary>A session's id.</summary>
    public async Task<string> InitializeAsync(string? token = null)
    {
        using var response = await SendAsync(
            Request(
                "initialize",
                $$$"""{"protocolVersion":"{{{Legacy}}}","capabilities":{},"clientInfo":{"name":"t","version":"1"}}"""
            ),
            token: token
        );
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync(Token));
        var session = response.Headers.GetValues("Mcp-Session-Id").Single();
        using var accepted = await SendAsync(
            """{"jsonrpc":"2.0","method":"notifications/initialized"}""",
            session,
            token: token
        );
        accepted.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        return session;
    }

    public string Request(string method, string parameters = "{}") =>
        $$$"""{"jsonrpc":"2.0","id":{{{Interlocked.Increment(ref lastId)}}},"method":"{{{method}}}","params":{{{parameters}}}}""";

    public string Call(string tool, string arguments = "{}", string meta = "{}") =>
        Request("tools/call", $$$"""{"name":"{{{tool}}}","arguments":{{{arguments}}},"_meta":{{{meta}}}}""");

    public string ModernCall(string tool, string arguments = "{}") => Call(tool, arguments, $"{{{ModernMeta}}}");

    public string ModernRequest(string method) => Request(method, $$"""{"_meta":{ {{ModernMeta}} } }""");

    public Task<HttpResponseMessage> SendAsync(
        string json,
        string? session = null,
        string? token = null,
        Action<HttpRequestMessage>? change = null,
        CancellationToken? cancellationToken = null
    )
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/mcp")
        {
            Version = Client.DefaultRequestVersion,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new StringContent(json, Encoding.UTF8, "application/json"),
        };
        request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
        if (session is not null)
        {
            request.Headers.Add("Mcp-Session-Id", session);
            request.Headers.Add("MCP-Protocol-Version", Legacy);
        }

        if (token is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        }

        change?.Invoke(request);
        return Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken ?? Token);
    }

    public Task<HttpResponseMessage> SendModernAsync(
        string json,
        string method = "tools/call",
        string? name = null,
        CancellationToken? cancellationToken = null
    ) =>
        SendAsync(
            json,
            change: r =>
            {
                r.Headers.Add("MCP-Protocol-Version", Modern);
                r.Headers.Add("Mcp-Method", method);
                if (name is not null)
                {
                    r.Headers.Add("Mcp-Name", name);
                }
            },
            cancellationToken: cancellationToken
        );

    /// <summary>The text that a tool answered with.</summary>
    public async Task<string> ToolAsync(string session, string tool, string arguments = "{}")
    {
        using var response = await SendAsync(Call(tool, arguments), session);
        return TextOf(await MessagesAsync(response));
    }

    public async Task<string> ModernToolAsync(string tool, string arguments = "{}")
    {
        using var response = await SendModernAsync(ModernCall(tool, arguments), name: tool);
        return TextOf(await MessagesAsync(response));
    }

    /// <summary>All messages of an answer, JSON or events.</summary>
    public static async Task<List<JsonNode>> MessagesAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStringAsync(Token);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, body);
        return response.Content.Headers.ContentType!.MediaType == "application/json"
            ? [JsonNode.Parse(body)!]
            :
            [
                .. body.Split('\n')
                    .Where(l => l.StartsWith("data: ", StringComparison.Ordinal) && l.Length > 6)
                    .Select(l => JsonNode.Parse(l[6..])!),
            ];
    }

    public static string TextOf(List<JsonNode> messages) =>
        messages[^1]["result"]?["content"]?[0]?["text"]?.GetValue<string>()
        ?? throw new InvalidOperationException(messages[^1].ToJsonString());

    public static string? Reason(HttpResponseMessage response) =>
        response.Headers.TryGetValues("culvert-reason", out var values) ? values.Single() : null;

    /// <summary>Whether a process of that id lives and is not a zombie.</summary>
    public static bool IsAlive(int processId)
    {
        try
        {
            return !File.ReadAllText($"/proc/{processId}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    public static SettingValue Value(string text) => SettingValue.Parse(text, "/");

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        await Tunnel.DisposeAsync();
    }
}

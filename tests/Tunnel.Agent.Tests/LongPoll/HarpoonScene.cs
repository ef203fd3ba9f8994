using System.Text;
using System.Text.Json.Nodes;
using Culvert.Platform.Net;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.LongPoll;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Tests.Support;
using Culvert.Tunnel.Agent.Upstreams.Callouts;

namespace Culvert.Tunnel.Agent.Tests.LongPoll;

/// <summary>
/// An agent whose channel <c>harpoon</c> is a route with callouts, next to <c>main</c>. The callouts' clock does not advance, so
/// that no limit of time passes unless a test says so.
/// </summary>
internal sealed class HarpoonScene : IAsyncDisposable
{
    public const string Host = "callouts." + Support.Tunnel.Domain;
    public const string Modern = "2026-07-28";

    private static readonly LongPollChannel Harpoon = new("harpoon", "callouts", HasAffinity: true);

    private HarpoonScene(LongPollScene scene) => Scene = scene;

    public LongPollScene Scene { get; }

    public ControlPlaneDouble Plane => Scene.Plane;

    public FakeTimeProvider Time { get; } = new();

    public static async Task<HarpoonScene> StartAsync(
        CalloutTarget[] targets,
        Func<LongPollSettings, LongPollSettings>? change = null,
        RouteAccess? access = null,
        RoutePolicy? policy = null,
        IAuditTrail? trail = null,
        IHostResolver? resolver = null,
        RawUpstream? server = null,
        int maxCalls = 64
    )
    {
        var scene = new HarpoonScene(new LongPollScene(server, trail: trail));
        var minute = TimeSpan.FromMinutes(1);
        scene.Scene.AddRoute();
        scene.Scene.Tunnel.Add(
            Harpoon.Route,
            new CalloutUpstream(
                new CalloutSettings
                {
                    Path = "/mcp",
                    Targets = targets,
                    Timeouts = new UpstreamTimeouts(minute, minute, minute),
                    Probe = new ProbeSettings(ProbeKind.None, minute, minute),
                    MaxCalls = maxCalls,
                },
                scene.Scene.Tunnel.Metrics,
                scene.Time,
                scene.Scene.Log,
                resolver
            ),
            access,
            policy
        );
        await scene.Scene.Tunnel.StartAsync();
        scene.Scene.StartAgent(s =>
        {
            var settings = s with { Channels = [.. s.Channels, Harpoon] };
            return change?.Invoke(settings) ?? settings;
        });
        return scene;
    }

    public static CalloutTarget Target(int port, string name = "tickets", string path = "/api/open?state=new") =>
        new()
        {
            Name = name,
            Url = new Uri($"http://127.0.0.1:{port}{path}"),
            Methods = ["GET", "POST"],
            RequestHeaders = ["X-Trace", "Content-Type", "Authorization"],
            ResponseHeaders = ["content-type"],
            MaxRequestBytes = 10,
            MaxResponseBytes = 20,
            Timeout = TimeSpan.FromSeconds(30),
            MaxRedirects = 2,
            AllowedRanges = Support.Tunnel.Ranges("127.0.0.0/8"),
        };

    public static string Answer(string body, string headers = "") =>
        $"HTTP/1.1 200 OK\r\n{headers}Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";

    /// <summary>A target's server that answers by the path of a request.</summary>
    public static RawUpstream Paths(Func<string, string> answer) =>
        RawUpstream.Scripted(
            async (request, stream, token) =>
            {
                await stream.WriteAsync(Encoding.UTF8.GetBytes(answer(request.RequestLine.Split(' ')[1])), token);
                return true;
            }
        );

    /// <summary>A server that takes requests and never answers.</summary>
    public static RawUpstream Silent(TaskCompletionSource asked, TaskCompletionSource? left = null) =>
        RawUpstream.Scripted(
            async (_, stream, token) =>
            {
                asked.TrySetResult();
                try
                {
                    await stream.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false, token);
                }
                finally
                {
                    left?.TrySetResult(); // the agent closed the connection
                }

                return false;
            }
        );

    public static string Message(string method, string parameters) =>
        $$$"""{"jsonrpc":"2.0","id":"h-1","method":"{{{method}}}","params":{{{parameters}}} }""";

    public static string Use(string tool, string arguments) =>
        Message("tools/call", $$"""{"name":"{{tool}}","arguments":{{arguments}} }""");

    public void Enqueue(string message, Action<JsonObject>? change = null) =>
        Plane.Enqueue(
            message,
            change: c =>
            {
                c["channel"] = "harpoon";
                change?.Invoke(c);
            }
        );

    public async Task<ReceivedAnswer> SendAsync(string message, Action<JsonObject>? change = null)
    {
        Enqueue(message, change);
        return await Plane.NextAnswerAsync();
    }

    /// <summary>What a tool returns, after the forms that all results have were checked.</summary>
    public async Task<JsonNode> UseAsync(string tool, string arguments)
    {
        var answer = await SendAsync(Use(tool, arguments));
        answer.Type.ShouldBe("jsonrpc_response");
        answer.Code.ShouldBe(200);
        answer.Channel.ShouldBe("harpoon");
        return Read(answer);
    }

    public Task<JsonNode> CallAsync(string arguments) => UseAsync("call_target", arguments);

    public static JsonNode Read(ReceivedAnswer answer)
    {
        var result = JsonNode.Parse(answer.Json!)!["result"]!;
        var content = result["structuredContent"]!;
        result["isError"]!.GetValue<bool>().ShouldBe(content["error_code"] is not null);
        JsonNode.DeepEquals(JsonNode.Parse(result["content"]![0]!["text"]!.GetValue<string>()), content).ShouldBeTrue();
        return content;
    }

    /// <summary>The decoded body of a result.</summary>
    public static string BodyOf(JsonNode content) =>
        Encoding.UTF8.GetString(Convert.FromBase64String(content["body_base64"]!.GetValue<string>()));

    public ValueTask DisposeAsync() => Scene.DisposeAsync();
}

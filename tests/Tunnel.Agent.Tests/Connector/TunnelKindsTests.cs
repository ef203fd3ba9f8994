using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Text;
using System.Text.Json.Nodes;
using Culvert.PropertyTesting;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Connector;
using Culvert.Tunnel.Agent.InnerTls;
using Culvert.Tunnel.Agent.Tests.LongPoll;
using Culvert.Tunnel.Agent.Tests.Policy;
using Culvert.Tunnel.Agent.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Culvert.Tunnel.Agent.Tests.Connector;

/// <summary>A call is the same call, whichever kind of tunnel brings it.</summary>
public sealed class TunnelKindsTests
{
    private static readonly string[] ToolNames = ["echo", "echo_x", "drop", "é", "a b"];
    private static readonly string[] Ids = ["7", "\"seven\"", "-1"];
    private static readonly string[] ArgumentTexts =
    [
        "{}",
        """{"text":"hi"}""",
        """{ "n" : 1.0, "list": [1, {"b":null}] }""",
        """{"text":"\u00e4\ud83d\ude00"}""",
        """{"path":"../x"}""",
    ];

    [Fact]
    public async Task Call_EveryKind_HasTheSameBytesDecisionAndRecord()
    {
        var trail = new KeptTrail();
        await using var scene = await LongPollScene.StartAsync(
            trail: trail,
            policy: Policies.Route(Policies.Settings(Policies.Allow("tools", "echo*"), Policies.Deny("no", "drop")))
        );
        var issued = new NamedLeaves(SslProtocols.Tls12 | SslProtocols.Tls13, TimeProvider.System, scene.Log);
        issued.Swap(Support.Tunnel.Domain, scene.Tunnel.Leaves.Current!.Pair);
        await using var connector = new ConnectorTunnels(
            new ConnectorParts
            {
                CreateApplication = scene.Tunnel.CreateApplication,
                Issued = issued,
                Time = TimeProvider.System,
                Loggers = scene.Log,
                Metrics = new ConnectorMetrics(),
            },
            [
                new ConnectorSettings
                {
                    Listen = new(System.Net.IPAddress.Loopback, 0),
                    Domain = Support.Tunnel.Domain, // the same host, so that the record's is the same
                    Routes = ["docs"],
                },
            ]
        );
        connector.Start();
        connector.Apply(true, scene.Tunnel.Routes);
        await Eventually.UntilAsync(() => connector.Status[0].Problem is null, TestContext.Current.CancellationToken);
        using var byEdge = scene.Tunnel.Client();
        using var byConnector = Client(scene, connector.Status[0].Listen);

        var calls = Gen.Elements(ToolNames)
            .SelectMany(name => Gen.Elements(Ids).Select(id => (name, id)))
            .SelectMany(c => Gen.Elements(ArgumentTexts).Select(a => Write(c.name, c.id, a)));
        Prop.ForAll(
                calls.ToArbitrary(),
                call => CheckAsync(scene, trail, [byEdge, byConnector], call).GetAwaiter().GetResult()
            )
            .CheckSeeded(25);
    }

    private static async Task CheckAsync(LongPollScene scene, KeptTrail trail, HttpClient[] clients, string call)
    {
        var seen = new List<(string Bytes, string Record)>();
        foreach (var client in clients)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/mcp");
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(call));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            request.Headers.Accept.ParseAdd("application/json, text/event-stream");
            using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
            await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
            seen.Add(await NextAsync(scene, trail));
        }

        scene.Plane.Enqueue(call);
        await scene.Plane.NextAnswerAsync();
        seen.Add(await NextAsync(scene, trail));

        seen[1].ShouldBe(seen[0]);
        seen[2].ShouldBe(seen[0]);
    }

    // Without what names the tunnel: the connection, and who the client is.
    private static async Task<(string Bytes, string Record)> NextAsync(LongPollScene scene, KeptTrail trail)
    {
        AuditRecord? kept = null;
        await Eventually.UntilAsync(() => trail.Records.TryDequeue(out kept), TestContext.Current.CancellationToken);
        var record = kept.ShouldBeOfType<CallRecord>();
        var bytes = "";
        if (record.Decision == "allow")
        {
            var received = await scene.Server.NextAsync();
            var head = received
                .Head.Split("\r\n")
                .Where(l => !l.StartsWith("Forwarded:", StringComparison.OrdinalIgnoreCase))
                .Where(l => !l.StartsWith("X-Request-ID:", StringComparison.OrdinalIgnoreCase)) // the control plane's
                .Order(StringComparer.Ordinal);
            bytes = string.Join('\n', head) + received.BodyText;
        }

        return (
            bytes,
            string.Join(
                '|',
                record.Route,
                record.Host,
                record.Era,
                Encoding.UTF8.GetString(record.Id.Span),
                record.Method,
                record.Kind,
                record.Name,
                record.Mode,
                record.PolicyVersion,
                record.Decision,
                record.Rule,
                record.Reason,
                record.Auth,
                record.Upstream,
                record.Credential,
                record.RequestBytes,
                record.ResponseBytes,
                record.Status,
                record.Failure,
                record.End
            )
        );
    }

    private static HttpClient Client(LongPollScene scene, System.Net.IPEndPoint address) =>
        new(
            new SocketsHttpHandler
            {
                ConnectCallback = async (_, token) =>
                {
                    var socket = new System.Net.WebSockets.ClientWebSocket();
                    socket.Options.Proxy = null;
                    await socket.ConnectAsync(new Uri($"ws://{address}/"), token);
                    return new ShapedStream(socket, MessageShape.Fragmented);
                },
                SslOptions = scene.Tunnel.TlsOptions(Support.Tunnel.Host),
                UseProxy = false,
                UseCookies = false,
                ActivityHeadersPropagator = null,
            }
        )
        {
            BaseAddress = new Uri($"https://{Support.Tunnel.Host}"),
        };

    // As the control plane's double writes JSON: it parses a command's message, and the other tunnels carry bytes.
    private static string Write(string name, string id, string arguments) =>
        JsonNode
            .Parse(
                $$$"""{"jsonrpc":"2.0","id":{{{id}}},"method":"tools/call","params":{"name":"{{{name}}}","arguments":{{{arguments}}} }}"""
            )!
            .ToJsonString();
}

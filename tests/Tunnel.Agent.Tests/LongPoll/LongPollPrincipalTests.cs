using System.Text;
using System.Text.Json.Nodes;
using Culvert.Platform.Secrets;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Credentials;
using Culvert.Tunnel.Agent.LongPoll;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Tests.Policy;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.LongPoll;

/// <summary>A command passes what every call passes: token, policy, record, and the credentials of the route.</summary>
public sealed class LongPollPrincipalTests
{
    private const string Metadata = "/.well-known/oauth-protected-resource/mcp";

    [Fact] // OAuth-protected MCP server: 401 and challenge, discovery, authorised call
    public async Task OauthRoute_ChallengeThenDiscoveryThenCall()
    {
        await using var oauth = new OauthFixture();
        await using var scene = await LongPollScene.StartAsync(access: oauth.Access());
        scene.Plane.Enqueue(LongPollScene.Call);

        var refused = await scene.Plane.NextAnswerAsync();
        refused.Code.ShouldBe(401);
        refused
            .Header("WWW-Authenticate")
            .ShouldNotBeNull()
            .ShouldContain($"resource_metadata=\"https://{Support.Tunnel.Host}{Metadata}\"");
        refused.Failure.GetProperty("source").GetString().ShouldBe("client_internal");
        refused.Json!.ShouldContain("\"id\":7");
        scene.Server.Connections.ShouldBe(0);

        scene.Plane.Enqueue(type: "oauth_discovery");
        var discovered = await scene.Plane.NextAnswerAsync();
        discovered.Type.ShouldBe("oauth_discovery_response");
        discovered.Code.ShouldBe(200);
        JsonNode.Parse(discovered.Json!)!["resource"]!.GetValue<string>().ShouldBe(OauthFixture.Resource);

        scene.Plane.Enqueue(LongPollScene.Call, change: c => Authorize(c, oauth.Token()));
        (await scene.Plane.NextAnswerAsync()).Json.ShouldBe(LongPollScene.Result);
        (await scene.Server.NextAsync()).Header("Authorization").ShouldBeEmpty(); // A16
    }

    [Fact] // an answer without a body
    public async Task OauthRoute_EndOfASessionWithoutAToken_SaysWhyAndUnderWhichId()
    {
        await using var oauth = new OauthFixture();
        await using var scene = await LongPollScene.StartAsync(access: oauth.Access());
        scene.Plane.Enqueue(
            type: "session_termination",
            change: c => c["headers"] = new JsonObject { ["Mcp-Session-Id"] = new JsonArray("s-1") }
        );

        var refused = await scene.Plane.NextAnswerAsync();

        refused.Code.ShouldBe(401);
        refused.Header("culvert-reason").ShouldBe("agent.token_missing");
        refused.Header("culvert-failed-hop").ShouldBe("agent");
        scene.Log.Text.ShouldContain(refused.Header("request-id").ShouldNotBeNull());
    }

    [Fact]
    public async Task OauthRoute_SessionOfAnotherPrincipal_IsRefused()
    {
        await using var oauth = new OauthFixture();
        await using var scene = await LongPollScene.StartAsync(
            RawUpstream.Answering(LongPollScene.Json(LongPollScene.Result, headers: "Mcp-Session-Id: s-1\r\n")),
            access: oauth.Access()
        );
        scene.Plane.Enqueue(LongPollScene.Call, change: c => Authorize(c, oauth.Token()));
        var session = (await scene.Plane.NextAnswerAsync()).Header("Mcp-Session-Id").ShouldNotBeNull();
        session.ShouldNotBe("s-1");

        scene.Plane.Enqueue(
            LongPollScene.Call,
            change: c => Authorize(c, oauth.Token(t => t["sub"] = "mallory"), session)
        );

        (await scene.Plane.NextAnswerAsync()).Code.ShouldBe(404);
    }

    [Fact]
    public async Task Policy_DeniesAndRecords()
    {
        var trail = new KeptTrail();
        var policy = Policies.Route(Policies.Settings(Policies.Allow("readers", "read")));
        await using var scene = await LongPollScene.StartAsync(
            access: RouteAccess.Open(OauthMode.DangerousNone),
            policy: policy,
            trail: trail
        );
        var id = scene.Plane.Enqueue(LongPollScene.Call);

        var answer = await scene.Plane.NextAnswerAsync();

        answer.Code.ShouldBe(200);
        answer.Json!.ShouldContain("Unknown tool: echo");
        scene.Server.Connections.ShouldBe(0);
        await Eventually.UntilAsync(() => !trail.Records.IsEmpty, TestContext.Current.CancellationToken);
        var record = trail.Records.Single().ShouldBeOfType<CallRecord>();
        record.Decision.ShouldBe("deny");
        record.Name.ShouldBe("echo");
        record.Connection.ShouldBe($"{ControlPlaneDouble.TunnelId}/{id}");
    }

    [Fact] // static MCP headers reach the MCP server only, never the control plane
    public async Task Credential_OfTheRoute_ReachesTheServerAlone()
    {
        var secret = Path.GetTempFileName();
        await File.WriteAllTextAsync(secret, "upstream-secret", TestContext.Current.CancellationToken);
        try
        {
            await using var scene = new LongPollScene();
            var access = new RouteAccess(
                new OauthSettings { Mode = OauthMode.DangerousNone },
                [],
                new StaticCredential("X-Api-Key", SecretReference.ToFile(secret)),
                TimeProvider.System
            );
            scene.AddRoute(access);
            await scene.Tunnel.StartAsync();
            scene.StartAgent();
            scene.Plane.Enqueue(
                LongPollScene.Call,
                change: c =>
                {
                    Authorize(c, "product");
                    c["headers"]!["X_Api_Key"] = new JsonArray("forged-by-the-caller");
                }
            );

            var answer = await scene.Plane.NextAnswerAsync();

            var call = await scene.Server.NextAsync();
            call.Header("X-Api-Key").ShouldBe(["upstream-secret"]);
            call.Head.ShouldNotContain("forged-by-the-caller");
            call.Header("Authorization").ShouldBeEmpty();
            answer.Request.Head.ShouldNotContain("upstream-secret");
            (await scene.Plane.NextPollAsync()).Head.ShouldNotContain("upstream-secret");
        }
        finally
        {
            File.Delete(secret);
        }
    }

    [Fact] // OAuth discovery command, to a server that checks tokens itself
    public async Task Discovery_PassthroughRoute_IsTheServersDocument()
    {
        const string Document =
            """{"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example"]}""";
        await using var scene = await LongPollScene.StartAsync(Paths((Metadata, Document)));
        scene.Plane.Enqueue(type: "oauth_discovery");

        (await scene.Plane.NextAnswerAsync()).Json.ShouldBe(Document);
    }

    [Fact]
    public async Task Discovery_OnlyTheRootHasADocument_IsFound()
    {
        const string Document = """{"resource":"https://mcp.example"}""";
        await using var scene = await LongPollScene.StartAsync(
            Paths(("/.well-known/oauth-protected-resource", Document))
        );
        scene.Plane.Enqueue(type: "oauth_discovery");

        (await scene.Plane.NextAnswerAsync()).Json.ShouldBe(Document);
    }

    [Fact]
    public async Task Discovery_NoDocument_IsAnsweredAllTheSame()
    {
        await using var scene = await LongPollScene.StartAsync(Paths());
        scene.Plane.Enqueue(type: "oauth_discovery");

        var answer = await scene.Plane.NextAnswerAsync();

        answer.Type.ShouldBe("oauth_discovery_response");
        answer.Code.ShouldBe(404);
        answer.Json.ShouldBeNull();
    }

    [Theory] // off-origin private metadata rejected {exact_issuer, issuer_mismatch, private_prmd_resource_anchor}
    [InlineData("{\"resource\":\"https://mcp.example/mcp\",\"authorization_servers\":[\"http://127.0.0.1:PORT\"]}")]
    [InlineData(
        "{\"resource\":\"https://mcp.example/mcp\",\"authorization_servers\":[\"http://127.0.0.1:PORT/other\"]}"
    )]
    [InlineData("{\"resource\":\"http://127.0.0.1:PORT/mcp\",\"authorization_servers\":[]}")]
    public async Task Discovery_PoisonedDocument_OpensNoTarget(string document)
    {
        await using var inside = RawUpstream.Answering(LongPollScene.Json("{}"));
        document = document.Replace("PORT", $"{inside.Port}", StringComparison.Ordinal);
        await using var scene = await LongPollScene.StartAsync(Paths((Metadata, document)));
        scene.Plane.Enqueue(type: "oauth_discovery");

        (await scene.Plane.NextAnswerAsync()).Json.ShouldBe(document);

        scene.Plane.Enqueue(LongPollScene.Call, change: c => c["channel"] = "harpoon");
        (await scene.Plane.NextAnswerAsync()).Code.ShouldBe(400);
        inside.Connections.ShouldBe(0);
    }

    private static RawUpstream Paths(params (string Path, string Document)[] documents) =>
        RawUpstream.Scripted(
            async (request, stream, token) =>
            {
                var path = request.RequestLine.Split(' ')[1];
                var document = documents.FirstOrDefault(d => d.Path == path).Document;
                var response = document is null
                    ? "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
                    : LongPollScene.Json(document);
                await stream.WriteAsync(Encoding.UTF8.GetBytes(response), token);
                return true;
            }
        );

    private static void Authorize(JsonObject command, string token, string? session = null)
    {
        var headers = command["headers"]!.AsObject();
        headers["Authorization"] = new JsonArray($"Bearer {token}");
        if (session is not null)
        {
            headers["Mcp-Session-Id"] = new JsonArray(session);
        }
    }
}

using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Credentials;
using Culvert.Tunnel.Agent.Tests.Credentials;
using Culvert.Tunnel.Agent.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Tunnel.Agent.Tests.Authorization;

/// <summary>A private authorization server behind a route: what clients learn of it, and that they get along with that.</summary>
public sealed class FrontedIssuerTests
{
    private const string Place = "/.well-known/oauth-authorization-server";
    private const string Auth = "auth." + Support.Tunnel.Domain;
    private const string Browser = "https://login.corp.example";
    private const string Corp = "https://sso.corp.internal";

    private static readonly string Metadata = $$"""
        {"issuer":"{{Corp}}","authorization_endpoint":"{{Corp}}/auth?x=1","token_endpoint":"{{Corp}}/token",
        "registration_endpoint":"{{Corp}}/register","jwks_uri":"https://cdn.example/keys","signed_metadata":"a.b.c",
        "mtls_endpoint_aliases":{"token_endpoint":"{{Corp}}/mtls"},"service_documentation":"{{Corp}}/docs",
        "authorization_response_iss_parameter_supported":true,"code_challenge_methods_supported":["S256"]}
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Metadata_IsSplitBetweenTunnelAndBrowsers()
    {
        await using var server = RawUpstream.Answering(Document(Metadata, "ETag: \"v1\"\r\nX-Own: kept\r\n"));
        await using var tunnel = await StartAsync(server.Port);
        using var client = tunnel.Client(Auth);
        client.DefaultRequestHeaders.Add("Accept-Encoding", "gzip");
        client.DefaultRequestHeaders.Add("If-None-Match", "\"v1\"");

        using var answer = await client.GetAsync(Place, Token);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Headers.ETag.ShouldBeNull();
        answer.Headers.GetValues("X-Own").ShouldBe(["kept"]);
        using var split = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Token));
        split
            .RootElement.EnumerateObject()
            .Select(m => $"{m.Name} {m.Value}")
            .ShouldBe([
                $"issuer https://{Auth}",
                $"authorization_endpoint {Browser}/auth?x=1",
                $"token_endpoint https://{Auth}/token",
                $"registration_endpoint https://{Auth}/register",
                "jwks_uri https://cdn.example/keys",
                $"service_documentation {Corp}/docs",
                "code_challenge_methods_supported [\"S256\"]",
            ]);
        var asked = await server.NextAsync();
        asked.Header("Accept-Encoding").ShouldBe(["identity"]);
        asked.Header("If-None-Match").ShouldBeEmpty();
    }

    [Fact]
    public async Task Resources_NameTheServerAsClientsReachIt()
    {
        await using var server = RawUpstream.Answering(Document(Metadata));
        await using var tunnel = await StartAsync(server.Port, publicPort: 8443);
        using var client = tunnel.Client();

        var document = await client.GetStringAsync("/.well-known/oauth-protected-resource", Token);

        document.ShouldContain($"\"authorization_servers\":[\"https://{Auth}:8443\"]");
        document.ShouldNotContain(Corp);
    }

    [Theory]
    [InlineData("token_endpoint", Corp, Corp)]
    [InlineData("issuer", "https://" + Auth, "https://" + Auth)]
    public async Task Rewrite_NamesWhatMoves(string member, string issuer, string resourceServer)
    {
        await using var server = RawUpstream.Answering(Document(Metadata));
        await using var tunnel = await StartAsync(server.Port, rewrite: [member]);
        using var client = tunnel.Client(Auth);
        using var docs = tunnel.Client();

        using var split = JsonDocument.Parse(await client.GetStringAsync(Place, Token));

        split.RootElement.GetProperty("issuer").GetString().ShouldBe(issuer);
        split
            .RootElement.GetProperty("token_endpoint")
            .GetString()
            .ShouldBe(member == "token_endpoint" ? $"https://{Auth}/token" : $"{Corp}/token");
        split
            .RootElement.TryGetProperty("authorization_response_iss_parameter_supported", out _)
            .ShouldBe(member != "issuer");
        (await docs.GetStringAsync("/.well-known/oauth-protected-resource", Token)).ShouldContain(
            $"\"authorization_servers\":[\"{resourceServer}\"]"
        );
    }

    [Fact]
    public async Task Server_ThatHasTheTunnelsNameItself_KeepsWhatItSaysOfAnswers()
    {
        var own = Metadata.Replace(
            $"\"issuer\":\"{Corp}\"",
            $"\"issuer\":\"https://{Auth}\"",
            StringComparison.Ordinal
        );
        await using var server = RawUpstream.Answering(Document(own));
        await using var tunnel = await StartAsync(server.Port, issuer: $"https://{Auth}", host: "sso.corp.internal");
        using var client = tunnel.Client(Auth);

        using var split = JsonDocument.Parse(await client.GetStringAsync(Place, Token));

        split.RootElement.GetProperty("authorization_response_iss_parameter_supported").GetBoolean().ShouldBeTrue();
        split.RootElement.GetProperty("token_endpoint").GetString().ShouldBe($"https://{Auth}/token");
        split.RootElement.GetProperty("authorization_endpoint").GetString().ShouldBe($"{Browser}/auth?x=1");
    }

    [Theory]
    [InlineData("""{"issuer":"https://evil.example","token_endpoint":"https://sso.corp.internal/token"}""")]
    [InlineData("""{"issuer":"https://sso.corp.internal/"}""")]
    [InlineData("""{"issuer":"https://evil.example","issuer":"https://sso.corp.internal"}""")]
    [InlineData("""{"issuer":7}""")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("<html>")]
    public async Task Metadata_OfSomebodyElse_IsNotPassedOn(string document)
    {
        await using var server = RawUpstream.Answering(Document(document));
        await using var tunnel = await StartAsync(server.Port);
        using var client = tunnel.Client(Auth);

        using var answer = await client.GetAsync(Place, Token);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        answer.Headers.GetValues("culvert-reason").ShouldBe(["upstream.metadata_unusable"]);
        (await answer.Content.ReadAsStringAsync(Token)).ShouldNotContain("evil.example");
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public async Task Metadata_IsBounded(int more, bool passes)
    {
        const string Start = "{\"issuer\":\"" + Corp + "\",\"x\":\"";
        var text = Start + new string('x', FrontedIssuer.MaxBytes + more - Start.Length - 2) + "\"}";
        await using var server = RawUpstream.Answering(Document(text));
        await using var tunnel = await StartAsync(server.Port);
        using var client = tunnel.Client(Auth);

        var reading = client.GetStringAsync(Place, Token);

        if (passes)
        {
            (await reading).ShouldContain($"https://{Auth}");
        }
        else
        {
            await Should.ThrowAsync<HttpRequestException>(() => reading);
        }
    }

    [Theory]
    [InlineData("GET", "/token", "HTTP/1.1 200 OK\r\n")]
    [InlineData("POST", Place, "HTTP/1.1 200 OK\r\n")]
    [InlineData("GET", Place + "/other", "HTTP/1.1 200 OK\r\n")]
    [InlineData("GET", Place, "HTTP/1.1 404 Not Found\r\n")]
    public async Task WhatIsNoMetadata_PassesUntouched(string method, string path, string status)
    {
        await using var server = RawUpstream.Answering(
            Document(Metadata).Replace("HTTP/1.1 200 OK\r\n", status, StringComparison.Ordinal)
        );
        await using var tunnel = await StartAsync(server.Port);
        using var client = tunnel.Client(Auth);
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.TryAddWithoutValidation("Authorization", "Basic abc");

        using var answer = await client.SendAsync(request, Token);

        (await answer.Content.ReadAsStringAsync(Token)).ShouldBe(Metadata);
        (await server.NextAsync()).Header("Authorization").ShouldBe(["Basic abc"]);
    }

    [Fact]
    public async Task Head_HasNoLengthOfTheOriginal()
    {
        await using var server = RawUpstream.Scripted(
            async (_, stream, token) =>
            {
                await stream.WriteAsync(
                    Encoding.Latin1.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {Metadata.Length}\r\n\r\n"),
                    token
                );
                return true;
            }
        );
        await using var tunnel = await StartAsync(server.Port);
        using var client = tunnel.Client(Auth);
        using var request = new HttpRequestMessage(HttpMethod.Head, Place);

        using var answer = await client.SendAsync(request, Token);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentLength.ShouldNotBe(Metadata.Length);
    }

    [Fact]
    public async Task McpSdk_ToldTheUrlAlone_SignsInThroughTheTunnel()
    {
        var pki = new TunnelPki();
        await using var front = new TunnelListener();
        await using var mcp = RawUpstream.Scripted(AnswerMcpAsync);
        await using var tunnel = new Support.Tunnel();
        using var server = await AuthorizationServer.StartAsync(Token, pki, $"https://{Support.Tunnel.Host}");
        var keys = new IssuerKeyCache(
            server.IssuerSettings,
            new KeySetSource(new IssuerDocuments(TimeProvider.System)),
            TimeProvider.System,
            NullLogger<IssuerKeyCache>.Instance
        );
        tunnel.Add("docs", mcp.Port, Access(new OauthSettings { Mode = OauthMode.Required }, keys));
        tunnel.Add(
            "auth",
            server.Port,
            Access(Fronting(), keys),
            u => u with { IsTls = true, TlsCaPem = pki.CaPem, TlsSystemRoots = false }
        );
        await tunnel.StartAsync(publicPort: front.Port);
        front.Serve(tunnel, Support.Tunnel.Host, Auth);

        var seen = await RunSdkAsync(tunnel, front.Port, server.SecretFile);

        seen.GetProperty("echo").GetString().ShouldBe("Echo: found my way");
        var requests = seen.GetProperty("requests").EnumerateArray().ToList();
        requests
            .Take(4)
            .Select(r => $"{r.GetProperty("method")} {r.GetProperty("url")} {r.GetProperty("status")}")
            .ShouldBe([
                $"POST https://{Support.Tunnel.Host}:{front.Port}/mcp 401",
                $"GET https://{Support.Tunnel.Host}:{front.Port}/.well-known/oauth-protected-resource/mcp 200",
                $"GET https://{Auth}:{front.Port}{Place} 200",
                $"POST https://{Auth}:{front.Port}/token 200",
            ]);
        requests[3].GetProperty("resource").GetString().ShouldBe($"https://{Support.Tunnel.Host}:{front.Port}/mcp");
        (await mcp.NextAsync()).Header("Authorization").ShouldBeEmpty();
    }

    private static async Task<JsonElement> RunSdkAsync(Support.Tunnel tunnel, int port, string secretFile)
    {
        var peers = CheckoutFolder.GetPath("tests/Peers");
        var ca = Path.Combine(Path.GetDirectoryName(secretFile)!, "tunnel-ca.pem");
        await File.WriteAllTextAsync(ca, tunnel.Pki.CaPem, Token);
        var start = new ProcessStartInfo(
            "node",
            [
                "--import",
                Path.Combine(peers, "names-here.mjs"),
                Path.Combine(peers, "callers", "mcp-client.mjs"),
                $"https://{Support.Tunnel.Host}:{port}/mcp",
                $"https://{Auth}:{port}",
                "agent-basic",
                secretFile,
            ]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = peers,
        };
        start.Environment["NODE_EXTRA_CA_CERTS"] = ca;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(Token);
        var output = await process.StandardOutput.ReadToEndAsync(Token);
        await process.WaitForExitAsync(Token);
        process.ExitCode.ShouldBe(0, await errors);
        return JsonDocument.Parse(output).RootElement.Clone();
    }

    // As much of a server as a client needs that wants to call one tool.
    private static async Task<bool> AnswerMcpAsync(RecordedRequest request, Stream stream, CancellationToken token)
    {
        var answer = "HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n";
        if (request.RequestLine.StartsWith("POST", StringComparison.Ordinal))
        {
            using var message = JsonDocument.Parse(request.Body);
            var call = message.RootElement;
            answer = call.TryGetProperty("id", out var id)
                ? Document($$"""{"jsonrpc":"2.0","id":{{id}},"result":{{ResultOf(call)}}}""")
                : "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";
        }

        await stream.WriteAsync(Encoding.UTF8.GetBytes(answer), token);
        return true;
    }

    private static string ResultOf(JsonElement call) =>
        call.GetProperty("method").GetString() switch
        {
            "initialize" => $$$"""
                {"protocolVersion":"{{{call.GetProperty("params").GetProperty("protocolVersion")}}}",
                "capabilities":{"tools":{}},"serverInfo":{"name":"s","version":"1"}}
                """,
            "tools/list" => """{"tools":[{"name":"echo","inputSchema":{"type":"object"}}]}""",
            _ => """{"content":[{"type":"text","text":"Echo: found my way"}]}""",
        };

    private static string Document(string json, string headers = "") =>
        $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{headers}Content-Length: {Encoding.UTF8.GetByteCount(json)}\r\n\r\n{json}";

    private static RouteAccess Access(OauthSettings oauth, IssuerKeyCache keys) =>
        new(oauth with { Issuers = ["corp"] }, [keys], NoCredential.Instance, TimeProvider.System);

    private static OauthSettings Fronting(params string[] rewrite) =>
        new()
        {
            Mode = OauthMode.Passthrough,
            AuthorizationServer = new AuthorizationServerSettings
            {
                BrowserUrl = Browser,
                Rewrite = rewrite.Length > 0 ? rewrite : AuthorizationServerSettings.DefaultRewrite,
            },
        };

    private static async Task<Support.Tunnel> StartAsync(
        int port,
        string issuer = Corp,
        string host = "127.0.0.1",
        int publicPort = 443,
        params string[] rewrite
    )
    {
        var tunnel = new Support.Tunnel();
        var keys = OauthFixture.KeysOf(new TestIssuer(issuer), TimeProvider.System);
        tunnel.Add("docs", port, Access(new OauthSettings { Mode = OauthMode.Required }, keys));
        tunnel.Add("auth", port, Access(Fronting(rewrite), keys), u => u with { HostHeader = host });
        await tunnel.StartAsync(publicPort: publicPort);
        return tunnel;
    }
}

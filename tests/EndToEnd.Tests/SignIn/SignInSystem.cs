using System.Net;
using System.Net.Security;
using System.Text.Json;
using System.Web;
using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage.Hops;
using Culvert.Testing;
using Shouldly;

namespace Culvert.EndToEnd.Tests.SignIn;

/// <summary>
/// A route that people sign in to (docs/sign-in.md): the service is its authorization server, the identity provider offers as
/// little as Entra ID, and a host on this machine serves a client's metadata document.
/// </summary>
public sealed class SignInSystem : RunningSystem
{
    /// <summary>The person whom the rule names.</summary>
    public const string Person = "alice";

    /// <summary>Another person of the company: no rule names this one.</summary>
    public const string Stranger = "mallory";

    /// <summary>What the registered client and the document say; the port may differ (RFC 8252 §7.3).</summary>
    public const string RedirectUri = "http://127.0.0.1/callback";

    /// <summary>The same for programs whose default has this name.</summary>
    private const string NamedRedirectUri = "http://localhost/oauth/callback";

    /// <summary>The tool that is called only after a person has approved the call.</summary>
    public const string ApprovedTool = "get-sum";

    /// <summary>The tool whose finding crosses only after a person has approved it.</summary>
    public const string HeldTool = "get-structured-content";

    private const string Policy =
        "policy: {mode: enforce, default: allow, rules: ["
        + $"{{name: sums, effect: allow, tools: [{ApprovedTool}], require_approval: {{expires: 30m}}}}, "
        + $"{{name: weather, effect: allow, tools: [{HeldTool}], "
        + "answer: {fields: [/temperature], approve: {expires: 30m}}}]}";

    private readonly TestPki pki;
    private readonly string rootFile;
    private ClientDocumentServer? documents;

    public SignInSystem()
        : this(new TestPki(TimeProvider.System.GetUtcNow()), Path.GetTempFileName()) { }

    private SignInSystem(TestPki pki, string rootFile)
        : base(
            new InstallationOptions
            {
                ExchangesPerSecond = 1000,
                ManualTunnel = false,
                RouteSignIn = true,
                ClientDocumentHost = ClientDocumentServer.Host,
                Policy = "{mode: enforce, default: allow}",
                RouteSettings = new Dictionary<string, IReadOnlyList<string>>
                {
                    [TunnelAgent.Route] = [Policy],
                    [TunnelAgent.PolicedRoute] = ["credentials: {type: person_grant}"],
                },
                ClientRegistration = true,
                // The host's trust store, which the service consults for public names.
                ServiceEnvironment = new Dictionary<string, string> { ["SSL_CERT_FILE"] = rootFile },
            }
        )
    {
        (this.pki, this.rootFile) = (pki, rootFile);
        File.WriteAllText(rootFile, pki.RootPem);
    }

    /// <summary>The registered client.</summary>
    public string ClientId { get; private set; } = "";

    /// <summary>The <c>client_id</c> of the client that a document describes.</summary>
    public Uri DocumentUrl => documents!.Url;

    public string Issuer => $"{Installation.Service.PublicUrl}/oauth/{Installation.Record.OrganizationId}";

    /// <summary>The roots of the route and the service: all that a client needs.</summary>
    public string ClientRoots => Installation.Run.File("client-roots.pem");

    /// <summary>The roots of the service and the identity provider: all that a browser needs.</summary>
    public string BrowserRoots => Installation.Run.File("browser-roots.pem");

    /// <summary>The roots of all three, for a client that asks the identity provider itself.</summary>
    public string CrossAppRoots => Installation.Run.File("cross-app-roots.pem");

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        var cancel = CancellationToken.None;
        documents = await ClientDocumentServer.StartAsync(pki, RedirectUri);
        await AllowAsync(Person, cancel);
        ClientId = await RegisterAsync([RedirectUri, NamedRedirectUri]);
        await ConcatenateAsync(
            ClientRoots,
            Installation.Record.Tunnel.TrustBundle,
            Installation.Service.PlatformCaFile
        );
        await ConcatenateAsync(
            CrossAppRoots,
            Installation.Record.Tunnel.TrustBundle,
            Installation.IdentityProvider.CaFile,
            Installation.Service.PlatformCaFile
        );
        await File.WriteAllTextAsync(
            Installation.IdentityProvider.AppsFile,
            JsonSerializer.Serialize(new Dictionary<string, string> { [Issuer] = ClientId })
        );
        await ConcatenateAsync(BrowserRoots, Installation.IdentityProvider.CaFile, Installation.Service.PlatformCaFile);
    }

    /// <summary>A rule that allows that person to use the route.</summary>
    public async Task AllowAsync(string person, CancellationToken cancel)
    {
        var account = await Installation.Operator.CreateAsync($"service-account create {person}", cancel);
        await Installation.Operator.CreateAsync(
            $"rule create {person}",
            cancel,
            "--issuer",
            Installation.Record.IssuerId,
            "--service-account",
            account,
            "--subject-type",
            "person",
            "--subject",
            person,
            "--route-scope",
            IdentityProvider.McpScope,
            "--tunnel",
            Installation.Record.Tunnel.Id
        );
    }

    /// <summary>An access token for a route, as a client gets it for that person.</summary>
    /// <param name="route">Null = the one with the tools that wait for approval.</param>
    public async Task<string> SignInAsync(string person, CancellationToken cancel, Uri? route = null)
    {
        using var browser = new FormBrowser(BrowserRoots);
        using var http = CreateClient();
        // The pair of RFC 7636, appendix B.
        var page = new UriBuilder($"{Issuer}/authorize")
        {
            Query =
                $"response_type=code&client_id={ClientId}&code_challenge_method=S256"
                + "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
                + $"&redirect_uri={Uri.EscapeDataString(RedirectUri)}"
                + $"&resource={Uri.EscapeDataString((route ?? Installation.Endpoint).AbsoluteUri)}",
        };
        var back = await browser.AllowAsync(page.Uri, person, cancel);
        using var form = new FormUrlEncodedContent(
            new Dictionary<string, string>
            {
                ["grant_type"] = "authorization_code",
                ["client_id"] = ClientId,
                ["redirect_uri"] = RedirectUri,
                ["code_verifier"] = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
                ["code"] = HttpUtility.ParseQueryString(back.Query)["code"] ?? "",
            }
        );
        using var answer = await http.PostAsync(new Uri($"{Issuer}/token"), form, cancel);
        var body = await answer.Content.ReadAsStringAsync(cancel);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, $"{back.Query} {body}");
        return JsonElement.Parse(body).GetProperty("access_token").GetString()!;
    }

    /// <summary>A client that trusts the route and the service, and nothing else.</summary>
    public HttpClient CreateClient() =>
        new(
            new SocketsHttpHandler
            {
                UseProxy = false,
                SslOptions = new SslClientAuthenticationOptions
                {
                    CertificateChainPolicy = McpCaller.TrustOnly(ClientRoots),
                },
            }
        );

    protected override async ValueTask ReleaseAsync()
    {
        if (documents is not null)
        {
            await documents.DisposeAsync();
        }

        File.Delete(rootFile);
    }

    private async Task<string> RegisterAsync(IReadOnlyList<string> redirectUris)
    {
        using var api = new ManagementApi(Installation.Service);
        var made = await api.CreateAsync(
            "/v1/oauth/clients",
            new { name = "Clients of the tests", redirect_uris = redirectUris },
            CancellationToken.None
        );
        return made.GetProperty("id").GetString()!;
    }

    private static async Task ConcatenateAsync(string file, params IEnumerable<string> parts)
    {
        var texts = await Task.WhenAll(parts.Select(part => File.ReadAllTextAsync(part)));
        await File.WriteAllTextAsync(file, string.Join('\n', texts));
    }
}

using System.Security.Cryptography;
using System.Text.Json;
using Culvert.Stage.Processes;
using Culvert.Stage.Reporting;
using Culvert.Stage.RunState;

namespace Culvert.Stage.Hops;

/// <summary>
/// The company's identity provider: npm oidc-provider behind TLS of its own private CA, on loopback. Each workload is a
/// client of it and gets its tokens by a command, as it would on a real platform.
/// </summary>
internal sealed class IdentityProvider
{
    public const string Name = "idp";

    /// <summary>The workloads, and by which algorithm their tokens are signed: both kinds are in use.</summary>
    private static readonly (string Client, string Algorithm)[] Workloads =
    [
        (AgentClient, "ES256"),
        (EdgeClient, "RS256"),
        (OperatorClient, "ES256"),
        (McpClient, "ES256"),
        (SupportClient, "ES256"),
        (AnalystClient, "ES256"),
    ];

    public const string AgentClient = "culvert-agent";
    public const string EdgeClient = "culvert-edge";
    public const string OperatorClient = "culvert-operator";

    /// <summary>
    /// Not one of our workloads but a caller of the MCP server: it requests tokens for a tunnel's route.
    /// </summary>
    public const string McpClient = "mcp-client";

    /// <summary>A caller who speaks with one customer of the company.</summary>
    public const string SupportClient = "support-desk";

    /// <summary>A caller who plans for the whole company, and buys.</summary>
    public const string AnalystClient = "analyst";

    /// <summary>The customer with whom the <see cref="SupportClient"/> speaks.</summary>
    public const string Customer = "c-7";

    /// <summary>People who sign in at a command line, by a code that they confirm or in a browser of the same machine.</summary>
    public const string PersonClient = "culvert-cli";

    /// <summary>People who sign in to the console, by a redirect.</summary>
    public const string ConsoleClient = "culvert-console";

    /// <summary>
    /// The identity service at a vendor where people have accounts; the provider is that vendor too. It has no secret there if
    /// people sign in to routes.
    /// </summary>
    public const string VendorClient = "culvert-at-vendor";

    /// <summary>The scope of every resource but the identity service: what a caller of an MCP server asks for.</summary>
    public const string McpScope = "mcp";

    /// <summary>A person who keeps tunnels running, and the group that says so.</summary>
    public const string OperatorPerson = "grace";

    public const string OperatorGroup = "sre";

    /// <summary>A person of whom the console knows no group.</summary>
    public const string OtherPerson = "mallory";

    private static readonly TimeSpan WorkloadTokenLife = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan McpTokenLife = TimeSpan.FromHours(1);

    /// <summary>A claim that all workloads of this deployment carry, and no other workload.</summary>
    public static readonly KeyValuePair<string, string> DeploymentClaim = new("deployment", "quickstart");

    private readonly Checkout checkout;
    private readonly RunDirectory run;
    private readonly int port;
    private readonly TimeProvider time;

    public IdentityProvider(Checkout checkout, RunDirectory run, int port, TimeProvider time)
    {
        (this.checkout, this.run, this.port, this.time) = (checkout, run, port, time);
        string[] arguments = [Path.Combine(checkout.Peers, "idp.mjs"), run.File(Name, "idp.json")];
        Process = new ProgramProcess(
            new ProgramCommand(Name, "node", arguments, new Dictionary<string, string>(), checkout.Peers),
            run.LogFile(Name),
            time
        );
    }

    public ProgramProcess Process { get; }

    /// <summary>The <c>iss</c> of its tokens, byte for byte.</summary>
    public string Issuer => $"https://localhost:{port}";

    public string CaFile => run.File(Name, "ca.pem");

    /// <summary>
    /// A JSON object that may be written at any time: for which authorization servers the provider issues identity assertions, and
    /// the id that the client of people has there.
    /// </summary>
    public string AppsFile => run.File(Name, "apps.json");

    /// <summary>What the service's <c>sign_in</c> says of it: one group makes operators.</summary>
    public string SignIn
    {
        get
        {
            var networks = string.Join(", ", Loopback.Ranges.Select(range => $"\"{range}\""));
            return $"{{issuer: \"{Issuer}\", client_id: {ConsoleClient}, scopes: [profile], ca_file: \"{CaFile}\", networks: [{networks}], "
                + $"roles: {{operator: [{OperatorGroup}]}}}}";
        }
    }

    /// <summary>An executable that prints a fresh token of that workload for the given service, and nothing else.</summary>
    public string TokenCommand(string client) => run.File(Name, $"{client}-token");

    /// <summary>Makes its keys and secrets unless they are there, and writes its files.</summary>
    /// <param name="audience">
    /// The resource that every workload's token command asks for: the service's public URL. That of the MCP client takes
    /// the resource as its argument.
    /// </param>
    /// <param name="organizationId">
    /// The organization whose people sign in to routes; null = none. The provider then refuses <c>resource</c> to people, and
    /// has neither registration nor RFC 8414, as Entra ID.
    /// </param>
    public async Task ConfigureAsync(
        string audience,
        CancellationToken cancellationToken,
        string? organizationId = null
    )
    {
        var folder = run.Folder(Name);
        if (!File.Exists(CaFile))
        {
            await MakeKeysAsync(folder, cancellationToken);
        }

        foreach (var (client, _) in Workloads)
        {
            var resource = client == McpClient ? "\"$1\"" : ShellText.Quote(audience);
            await PrivateFile.WriteExecutableAsync(
                TokenCommand(client),
                $"""
                #!/bin/sh
                # A fresh token of {client}, as its platform would hand it out.
                exec node {ShellText.Quote(Path.Combine(checkout.Peers, "idp-token.mjs"))} \
                  {ShellText.Quote(Issuer)} {ShellText.Quote(CaFile)} {client} {ShellText.Quote(
                    SecretFile(client)
                )} {resource}

                """,
                cancellationToken
            );
        }

        await File.WriteAllTextAsync(
            run.File(Name, "idp.json"),
            Configuration(folder, audience, organizationId),
            cancellationToken
        );
    }

    private async Task MakeKeysAsync(string folder, CancellationToken cancellationToken)
    {
        await OpenSsl.CreateRootAsync(folder, "ca", "/O=Example Corp/CN=Example Corp IdP CA", cancellationToken);
        string[] names = ["DNS:localhost", "IP:127.0.0.1", "IP:::1"];
        await OpenSsl.IssueServerAsync(folder, "server", "ca", names, cancellationToken);
        foreach (var (client, _) in Workloads)
        {
            await PrivateFile.WriteAsync(SecretFile(client), RandomNumberGenerator.GetHexString(64), cancellationToken);
        }
    }

    public void Start() => Process.Start();

    /// <summary>Comes back with other keys, as after a rotation that was not announced.</summary>
    public async Task ReplaceKeysAsync(CancellationToken cancellationToken)
    {
        await Process.KillAsync(cancellationToken);
        File.Delete(KeysFile);
        Start();
        await WaitAsync(cancellationToken);
    }

    public Task WaitAsync(CancellationToken cancellationToken) =>
        Readiness.UntilListeningAsync(Process, port, TimeSpan.FromSeconds(30), time, cancellationToken);

    /// <summary>A fresh token, by the command that the workload itself uses.</summary>
    public async Task<string> TokenAsync(string client, CancellationToken cancellationToken)
    {
        var result = await Tool.RunAsync(TokenCommand(client), [], run.Path, cancellationToken);
        return result.Succeeded
            ? result.Output
            : throw new HopFailureException(Name, $"no token for {client}: {result.Error.Trim()}", Process.LogFile);
    }

    /// <summary>A token for the MCP server behind that URL, by the command that a person would use.</summary>
    public async Task<string> McpTokenAsync(Uri resource, CancellationToken cancellationToken)
    {
        var result = await Tool.RunAsync(TokenCommand(McpClient), [resource.AbsoluteUri], run.Path, cancellationToken);
        return result.Succeeded
            ? result.Output
            : throw new HopFailureException(Name, $"no token for {resource}: {result.Error.Trim()}", Process.LogFile);
    }

    /// <summary>The same for another caller: each client of the provider may ask for a token for any resource.</summary>
    public async Task<string> McpTokenAsync(string client, Uri resource, CancellationToken cancellationToken)
    {
        string[] arguments =
        [
            Path.Combine(checkout.Peers, "idp-token.mjs"),
            Issuer,
            CaFile,
            client,
            SecretFile(client),
            resource.AbsoluteUri,
        ];
        var result = await Tool.RunAsync("node", arguments, run.Path, cancellationToken);
        return result.Succeeded
            ? result.Output
            : throw new HopFailureException(Name, $"no token of {client}: {result.Error.Trim()}", Process.LogFile);
    }

    public string SecretFile(string client) => run.File(Name, $"{client}.secret");

    private string KeysFile => run.File(Name, "keys.json");

    private string Configuration(string folder, string audience, string? organizationId) =>
        JsonSerializer.Serialize(
            new
            {
                issuer = Issuer,
                port,
                addresses = Loopback.Addresses,
                certificate_file = Path.Combine(folder, "server.pem"),
                key_file = Path.Combine(folder, "server.key"),
                keys_file = KeysFile,
                person_client = PersonClient,
                service = audience,
                scope = McpScope,
                console = new
                {
                    client_id = ConsoleClient,
                    redirect_uris = organizationId is null
                        ? [ConsoleCallback(audience)]
                        : new[] { ConsoleCallback(audience), $"{audience}/oauth/{organizationId}/callback" },
                },
                vendor_client = VendorClient,
                vendor_keys = organizationId is null
                    ? null
                    : new
                    {
                        url = $"{audience}/oauth/{organizationId}/upstreams/jwks",
                        ca_file = run.File(IdentityService.Name, IdentityService.PlatformCaFileName),
                    },
                is_plain = organizationId is not null,
                apps_file = AppsFile,
                groups = new Dictionary<string, string[]>
                {
                    [OperatorPerson] = ["staff", OperatorGroup],
                    [OtherPerson] = ["guests"],
                },
                clients = Workloads.Select(workload => new
                {
                    client_id = workload.Client,
                    client_secret_file = SecretFile(workload.Client),
                    algorithm = workload.Algorithm,
                    token_life = (workload.Client == McpClient ? McpTokenLife : WorkloadTokenLife).TotalSeconds,
                    claims = ClaimsOf(workload.Client),
                }),
            }
        );

    private static string ConsoleCallback(string service) => $"{service}/console/sign-in/provider/callback";

    private static Dictionary<string, object> ClaimsOf(string client)
    {
        var claims = new Dictionary<string, object> { [DeploymentClaim.Key] = DeploymentClaim.Value };
        switch (client)
        {
            case SupportClient:
                (claims["groups"], claims["customer_id"]) = (new[] { "support" }, Customer);
                break;
            case AnalystClient:
                claims["groups"] = new[] { "analysts", "buyers" };
                break;
            default:
                break;
        }

        return claims;
    }
}

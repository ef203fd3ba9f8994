using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Culvert.Stage.Ports;
using Culvert.Stage.Processes;
using Culvert.Stage.Reporting;
using Culvert.Stage.RunState;

namespace Culvert.Stage.Hops;

/// <summary>The identity service: first <c>init</c>, then <c>run</c>; alone, or one of several nodes.</summary>
internal sealed class IdentityService
{
    public const string Name = Programs.IdentityService;

    public const string PlatformCaFileName = "platform-ca.pem";

    private readonly RunDirectory run;
    private readonly PortPlan ports;
    private readonly TimeProvider time;
    private readonly string program;
    private readonly ServiceNode? node;

    /// <param name="run">For its files.</param>
    /// <param name="ports">Where the service is called.</param>
    /// <param name="time">The clock.</param>
    /// <param name="node">Which node it is, where a balancer is called instead; null = the only one.</param>
    /// <param name="descriptors">How many descriptors its process may hold; null = as many as this one.</param>
    /// <param name="environment">What it inherits from its host; null = nothing.</param>
    public IdentityService(
        RunDirectory run,
        PortPlan ports,
        TimeProvider time,
        ServiceNode? node = null,
        int? descriptors = null,
        IReadOnlyDictionary<string, string>? environment = null
    )
    {
        (this.run, this.ports, this.time, this.node) = (run, ports, time, node);
        program = Path.Combine(run.Binaries, Name);
        Health = new HealthProbe(node?.Health ?? ports.ServiceHealth);
        Process = new ProgramProcess(
            new ProgramCommand(
                Folder,
                descriptors is null ? program : "/bin/sh",
                descriptors is null
                    ? ["run", "--config", ConfigurationFile]
                    :
                    [
                        "-c",
                        string.Create(CultureInfo.InvariantCulture, $"ulimit -n {descriptors}; exec \"$0\" \"$@\""),
                        program,
                        "run",
                        "--config",
                        ConfigurationFile,
                    ],
                environment ?? new Dictionary<string, string>(),
                run.Path
            ),
            run.LogFile(Folder),
            time
        );
    }

    private string Folder => node?.Program ?? Name;

    public ProgramProcess Process { get; }

    public HealthProbe Health { get; }

    public string PublicUrl => $"https://localhost:{ports.Api}";

    public string MachineUrl => $"https://localhost:{ports.Machine}";

    public string AdminKeyFile => run.File(Name, "admin.key");

    /// <summary>The root that clients of 8443 trust, as published by the service.</summary>
    public string PlatformCaFile => run.File(Name, PlatformCaFileName);

    /// <summary>Where the audit goes, if the options say so.</summary>
    public string AuditExport => run.File(Folder, "audit.jsonl");

    private string InitLog => run.LogFile("identity-service-init");

    public string ConfigurationFile => run.File(Folder, "identity-service.yaml");

    /// <summary>
    /// This very node, past the balancer: where there is one, the node takes only connections that begin with a PROXY header.
    /// </summary>
    public Uri OwnUrl => new($"https://localhost:{node?.Api ?? ports.Api}");

    public async Task ConfigureAsync(InstallationOptions options, CancellationToken cancellationToken)
    {
        run.Folder(Folder);
        var life = options.ServerLife is { } seconds
            ? string.Create(CultureInfo.InvariantCulture, $", server_life: {seconds.TotalSeconds:0}s")
            : "";
        life += options.PlatformLife is { } platform
            ? string.Create(CultureInfo.InvariantCulture, $", platform_life: {platform.TotalSeconds:0}s")
            : "";
        life += options.DangerousPlatformRootWait is { } wait
            ? string.Create(CultureInfo.InvariantCulture, $", dangerous_platform_root_wait: {wait.TotalSeconds:0}s")
            : "";
        var hostnames = options.Hostnames.Length > 0 ? $", hostnames: {options.Hostnames}" : "";
        var signing = options.SigningCommand is { } command
            ? $$""", propagation: 0s, signing_connector: {command: ["{{command}}"]}"""
            : "";
        var hsm = options.Pkcs11 is { } token ? $", pkcs11: {token}" : "";
        var refresh = options.KeyRefresh is { } soon
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"federation: {{fetch: {{min_refresh: {soon.TotalSeconds:0}s}}}}\n"
            )
            : "";
        var issuing = options.CertificatesPerSecond is { } many
            ? string.Create(
                CultureInfo.InvariantCulture,
                $", certificates_per_identity: {many}/1s, certificates_per_tunnel: {many}/1s, certificates_per_authority: {many}/1s"
            )
            : "";
        var audit = options.AuditExport ? $"audit: {{export: [\"file:{AuditExport}\"]}}\n" : "";
        var signIn = options.SignIn.Length > 0 ? $"sign_in: {options.SignIn}\n" : "";
        var documents = options.ClientDocumentHost is { } host
            ? $", client_documents: [{host}], client_document_networks: [{string.Join(", ", Loopback.Ranges.Select(range => $"\"{range}\""))}]"
            : "";
        var registration = options.ClientRegistration ? ", dynamic_registration: {enabled: true}" : "";
        var authorization = options.RouteSignIn ? $"authorization: {{enabled: true{documents}{registration}}}\n" : "";
        var storage = "";
        if (options.Postgres)
        {
            await PrivateFile.WriteAsync(
                run.File(Folder, "database.connection"),
                Database.ConnectionString(run),
                cancellationToken
            );
            storage = "storage: {type: postgres, postgres: {connection: file:database.connection}}\n";
        }

        var several = node is null ? "" : $"node: {{name: {node.Name}}}\ndrain_delay: 3s\n";
        var balanced = node is null ? "" : ", proxy_protocol: {required: true, trusted_proxies: [127.0.0.1/32]}";

        await File.WriteAllTextAsync(
            ConfigurationFile,
            $$"""
            config_version: 1
            public_url: {{PublicUrl}}
            machine_url: {{MachineUrl}}
            state_dir: state
            api: {listen: {{Loopback.Listen(node?.Api ?? ports.Api)}}{{balanced}}}
            machine: {listen: {{Loopback.Listen(node?.Machine ?? ports.Machine)}}{{balanced}}}
            health: {listen: ["127.0.0.1:{{node?.Health ?? ports.ServiceHealth}}"]}
            keys: {sealing_key: file:sealing.key{{hsm}}}
            private_issuer_networks: [{{string.Join(
                ", ",
                Loopback.Ranges.Select(range => $"\"{range}:any\"")
            )}}]  # the IdP is here; any: nobody but the operator may name ports on this machine
            certificates: {approval: single{{life}}{{signing}}}  # one person runs this; two would approve for each other
            tunnels: {domain_suffix: tunnel.localhost{{hostnames}}}
            limits: {exchange_per_address: {{options.ExchangesPerSecond}}/1s, exchange_per_subject: {{options.ExchangesPerSecond}}/1s, exchange_per_issuer: {{options.ExchangesPerSecond}}/1s{{issuing}}}
            {{refresh}}{{audit}}{{signIn}}{{authorization}}{{storage}}{{several}}
            """,
            cancellationToken
        );
    }

    /// <summary>Makes the installation, its first organization and the key of its operator.</summary>
    public async Task InitializeAsync(string organization, CancellationToken cancellationToken)
    {
        string[] arguments =
        [
            "init",
            "--config",
            ConfigurationFile,
            "--organization",
            organization,
            "--admin-key-file",
            AdminKeyFile,
        ];
        var result = await Tool.RunAsync(program, arguments, run.Path, cancellationToken);
        await File.WriteAllTextAsync(InitLog, result.Output + result.Error, cancellationToken);
        if (!result.Succeeded)
        {
            throw new HopFailureException(Name, $"init ended with exit code {result.ExitCode}", InitLog);
        }
    }

    /// <summary>What a further node needs besides its configuration: the sealing key of the first.</summary>
    public void Join(IdentityService first) =>
        File.Copy(
            run.File(first.Folder, "sealing.key"),
            run.File(Folder, "sealing.key"),
            overwrite: true // the mode comes along
        );

    public void Start() => Process.Start();

    public Task WaitAsync(CancellationToken cancellationToken) =>
        Readiness.UntilAsync(Process, Health.ObstacleAsync, TimeSpan.FromSeconds(60), time, cancellationToken);

    /// <summary>
    /// Keeps the platform root as a file for all clients that must trust 8443 by it. The root is fetched
    /// unauthenticated and believed because its hash is the one that <c>init</c> printed on this host.
    /// </summary>
    public async Task FetchPlatformRootAsync(CancellationToken cancellationToken)
    {
        using var handler = new SocketsHttpHandler
        {
            UseProxy = false,
#pragma warning disable CA5359 // Nothing is sent, and what comes back is believed only by its hash, below.
            SslOptions = new() { RemoteCertificateValidationCallback = (_, _, _, _) => true },
#pragma warning restore CA5359
        };
        using var client = new HttpClient(handler);
        using var document = JsonDocument.Parse(
            await client.GetStringAsync(new Uri(PublicUrl + "/v1/platform_ca"), cancellationToken)
        );
        var pem = document.RootElement.GetProperty("certificate_pem").GetString()!;
        using var root = X509Certificate2.CreateFromPem(pem);
        var pin = root.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant();
        var printed = await File.ReadAllTextAsync(InitLog, cancellationToken);
        if (!printed.Contains(pin, StringComparison.OrdinalIgnoreCase))
        {
            throw new HopFailureException(Name, $"the published platform root {pin} is not what init made", InitLog);
        }

        await File.WriteAllTextAsync(PlatformCaFile, pem, cancellationToken);
    }
}

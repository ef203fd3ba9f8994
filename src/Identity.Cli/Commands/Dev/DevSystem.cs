using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Hosting;

namespace Culvert.Identity.Cli.Commands.Dev;

/// <summary>
/// A whole system on loopback for one MCP server: service, edge and agent are the real programs; this process provides the
/// enterprise's issuer and root. Disposing it stops every program.
/// </summary>
internal sealed class DevSystem : IAsyncDisposable
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(500);

    private readonly DevOptions options;
    private readonly DevFolder folder;
    private readonly SiblingPrograms programs;
    private readonly TimeProvider time;
    private readonly DevPorts ports;
    private readonly DevIssuer issuer;
    private readonly DevAuthority root;
    private readonly DevProgram service;
    private readonly DevProgram edge;
    private readonly DevProgram agent;
    private readonly Dictionary<string, DevToken> tokens = [];

    public DevSystem(DevOptions options, DevFolder folder, SiblingPrograms programs, TimeProvider time)
    {
        (this.options, this.folder, this.programs, this.time) = (options, folder, programs, time);
        ports = DevPorts.Choose(options.Port);
        issuer = new DevIssuer(ports.Issuer, time);
        root = DevAuthority.Create(time);
        service = Program(SiblingPrograms.Service, ports.ServiceHealth);
        edge = Program(SiblingPrograms.Edge, ports.EdgeHealth);
        agent = Program(SiblingPrograms.Agent, ports.AgentHealth);

        DevProgram Program(string name, int healthPort) => new(name, programs.Find(name), folder, healthPort, time);
    }

    /// <summary>Starts each part as soon as what it depends on is ready.</summary>
    public async Task<DevAccess> StartAsync(CancellationToken cancel)
    {
        var ranges = await options.Target.RangesAsync(cancel);

        // This process prepares its own parts while the service starts.
        var starting = StartServiceAsync(cancel);
        await Task.WhenAll(starting, issuer.StartAsync(root.IssueLoopbackServer(), cancel));
        var installation = await starting;
        using var client = await ConnectAsync(installation, cancel);
        var registration = new DevRegistration(client, installation);
        var record = await registration.RegisterAsync(issuer, ports, cancel);
        edge.Start(
            DevFiles.Edge(ports, installation, record, WriteWorkloadToken(edge.Name, DevRegistration.EdgeSubject))
        );

        // Before the agent connects: the first authority of a tunnel without live agents activates at once (S16).
        var access = WriteAccess(record, await registration.CertifyAsync(root, record.TunnelId, cancel));
        var issuerCa = folder.File("issuer-ca.pem");
        await File.WriteAllTextAsync(issuerCa, root.RootPem, cancel);
        agent.Start(
            DevFiles.Agent(
                ports,
                installation,
                record,
                WriteWorkloadToken(agent.Name, DevRegistration.AgentSubject),
                issuer,
                issuerCa,
                options.Target,
                ranges
            )
        );
        await edge.WaitAsync(tolerated: null, cancel);

        // A server that does not run yet is not an error: it may be started or restarted at any time.
        var upstream = await agent.WaitAsync(tolerated: "upstreams", cancel);
        return access with { UpstreamProblem = upstream };
    }

    /// <summary>Keeps the tokens fresh until cancelled.</summary>
    /// <exception cref="CommandFailure">A program exited unexpectedly.</exception>
    public async Task WatchAsync(CancellationToken cancel)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var keeping = tokens.Select(t => issuer.WriteTokensAsync(t.Key, t.Value, both.Token)).ToList();
        try
        {
            DevProgram? ended;
            while ((ended = new[] { service, edge, agent }.FirstOrDefault(p => !p.IsAlive)) is null)
            {
                await Task.Delay(WatchInterval, time, both.Token);
                if (keeping.Find(k => k.IsFaulted) is { } faulted)
                {
                    await faulted;
                }
            }

            throw ended.Ended();
        }
        finally
        {
            await both.CancelAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        // In reverse order of the start, so that each program can still reach what it depends on.
        await Task.WhenAll(agent.DisposeAsync().AsTask(), edge.DisposeAsync().AsTask());
        await service.DisposeAsync();
        await issuer.DisposeAsync();
        root.Dispose();
    }

    private async Task<DevInstallation> StartServiceAsync(CancellationToken cancel)
    {
        var yaml = DevFiles.Service(ports);
        await File.WriteAllTextAsync(service.ConfigurationFile, yaml, cancel);
        var output = await DevProgram.RunAsync(
            "identity-service-init",
            programs.Find(SiblingPrograms.Service),
            ["init", "--config", service.ConfigurationFile, "--organization", "dev", "--admin-key-file", AdminKeyFile],
            folder,
            time,
            cancel
        );
        var installation = DevInstallation.Parse(output);
        service.Start(yaml);
        await service.WaitAsync(tolerated: null, cancel);
        return installation;
    }

    private string AdminKeyFile => folder.File("admin.key");

    private Task<ManagementClient> ConnectAsync(DevInstallation installation, CancellationToken cancel) =>
        ManagementClient.ConnectAsync(
            new Settings
            {
                Url = new Uri($"https://localhost:{ports.Api}/"),
                CaFile = null,
                CaSha256 = installation.RootPin,
                AdminKeyFile = AdminKeyFile,
                IsKeyNamed = true,
                Organization = null,
                Workspace = null,
                Timeout = RequestTimeout,
                IsDryRun = false,
            },
            new AdminKeyCredential(AdminKeyFile),
            time,
            _ => { },
            cancel
        );

    private string WriteWorkloadToken(string program, string subject)
    {
        var file = folder.File(program, "identity.token");
        WriteTokens(file, DevToken.Workload(subject, $"https://localhost:{ports.Api}"));
        return file;
    }

    private DevAccess WriteAccess(DevRecord record, string bundle)
    {
        var url = new Uri($"https://{DevFiles.Route}.{record.Domain}:{ports.Clients}{options.Target.Path}");
        var (caFile, tokenFile) = (folder.File("ca.pem"), folder.File("token"));
        File.WriteAllText(caFile, bundle);
        WriteTokens(tokenFile, DevToken.Caller(url.AbsoluteUri));
        return new DevAccess(url, caFile, tokenFile, folder.Path);
    }

    private void WriteTokens(string file, DevToken token)
    {
        issuer.Write(file, token);
        tokens[file] = token;
    }
}

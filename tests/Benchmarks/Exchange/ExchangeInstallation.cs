using System.Diagnostics;
using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Culvert.Benchmarks.Load;
using Culvert.Stage;
using Culvert.Stage.Hops;
using Culvert.Stage.Ports;
using Culvert.Stage.RunState;

namespace Culvert.Benchmarks.Exchange;

/// <summary>One identity service with an issuer, a service account and a rule, all made by <c>culvert</c>.</summary>
internal sealed class ExchangeInstallation : IAsyncDisposable
{
    public const string Issuer = "https://idp.example.com";
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly RunDirectory run;
    private readonly TimeProvider time;
    private IdentityService service;

    private ExchangeInstallation(RunDirectory run, PortPlan ports, TimeProvider time)
    {
        (this.run, this.time, Ports) = (run, time, ports);
        service = new IdentityService(run, ports, time);
    }

    public RunDirectory Run => run;

    public PortPlan Ports { get; }

    public Uri Url => new(service.PublicUrl);

    public int Pid => service.Process.Stamp.Pid;

    public string Database => run.File(IdentityService.Name, "state", "identity.db");

    public string OrganizationId { get; private set; } = "";

    public string IssuerId { get; private set; } = "";

    public string RuleId { get; private set; } = "";

    /// <summary>The operator's commands.</summary>
    public Operator Operator => new(run, service);

    /// <summary>The API with the operator's key.</summary>
    public ManagementApi OpenApi() => new(service);

    /// <summary>The check of a client that trusts this service's root and no other.</summary>
    public SslClientAuthenticationOptions TrustOnly()
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.ImportFromPemFile(RootFile);
        return new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
    }

    public string SealingKeyFile => run.File(IdentityService.Name, "sealing.key");

    public string AdminKeyFile => service.AdminKeyFile;

    /// <summary>Where clients find the root of the service's certificates.</summary>
    public string RootFile => service.PlatformCaFile;

    public static async Task<ExchangeInstallation> CreateAsync(
        Checkout checkout,
        string folder,
        AssertionMill mill,
        TimeProvider time,
        CancellationToken cancellationToken,
        string? postgres = null,
        string? pkcs11 = null,
        int? instancesPerTunnel = null,
        bool routeSignIn = false
    )
    {
        var run = new RunDirectory(folder, time);
        run.Create();
        Programs.CopyTo(checkout, run.Binaries);
        var made = new ExchangeInstallation(run, PortProbe.FreeBlock(), time);
        try
        {
            await made.service.ConfigureAsync(
                new InstallationOptions
                {
                    ExchangesPerSecond = 1_000_000,
                    CertificatesPerSecond = 1_000_000,
                    Pkcs11 = pkcs11,
                    SignIn = routeSignIn
                        ? $"{{issuer: {Issuer}, client_id: culvert-console, roles: {{viewer: [staff]}}}}"
                        : "",
                    RouteSignIn = routeSignIn,
                },
                cancellationToken
            );
            if (postgres is not null)
            {
                await made.UsePostgresAsync(postgres, cancellationToken);
            }

            if (instancesPerTunnel is { } many)
            {
                await File.AppendAllTextAsync(
                    run.File(IdentityService.Name, "identity-service.yaml"),
                    string.Create(CultureInfo.InvariantCulture, $"agents: {{instances_per_tunnel: {many}}}\n"),
                    cancellationToken
                );
            }

            await made.service.InitializeAsync("Bench", cancellationToken);
            await made.StartAsync(cancellationToken);
            await made.service.FetchPlatformRootAsync(cancellationToken);
            await made.RegisterAsync(mill, cancellationToken);
            return made;
        }
        catch
        {
            await made.DisposeAsync();
            throw;
        }
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Launch();
        await service.WaitAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => service.Process.StopAsync(Grace, cancellationToken);

    /// <summary>This service, loaded with exchanges that it has not had.</summary>
    public LoadSubject ToSubject(AssertionMill mill) =>
        new(
            Ports.Api,
            Pid,
            (count, stopping) => WriteRequestsAsync(mill, count, stopping),
            Reuse: false,
            Ports.ServiceHealth
        );

    /// <summary>So many exchanges, each with an assertion of its own.</summary>
    public Task<RequestFile> WriteRequestsAsync(AssertionMill mill, int count, CancellationToken cancellationToken) =>
        RequestFile.WriteAsync(
            run.File($"requests-{count}"),
            mill.Requests(count, Url, OrganizationId, _ => new AssertionTarget(RuleId, Issuer), time.GetUtcNow()),
            cancellationToken
        );

    /// <summary>From the start of the process to its first answer to an exchange.</summary>
    public async Task<TimeSpan> StartToFirstExchangeAsync(
        ReadOnlyMemory<byte> request,
        CancellationToken cancellationToken
    )
    {
        var target = LoadTarget.Of("localhost", Ports.Api, service.PlatformCaFile);
        var started = Stopwatch.GetTimestamp();
        Launch();
        while (true)
        {
            try
            {
                await using var connection = await HttpConnection.OpenAsync(target, cancellationToken);
                var status = await connection.SendAsync(request, cancellationToken);
                return status == 200
                    ? Stopwatch.GetElapsedTime(started)
                    : throw new InvalidOperationException($"The first exchange was answered with {status}.");
            }
            catch (System.Net.Sockets.SocketException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(5), time, cancellationToken);
            }
        }
    }

    /// <summary>Resident memory of the service, in bytes.</summary>
    public long Memory()
    {
        using var process = Process.GetProcessById(Pid);
        return process.WorkingSet64;
    }

    public async ValueTask DisposeAsync() => await run.StopRecordedAsync(Grace, CancellationToken.None);

    private async Task UsePostgresAsync(string connection, CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(run.File(IdentityService.Name, "postgres"), connection, cancellationToken);
        File.SetUnixFileMode(
            run.File(IdentityService.Name, "postgres"),
            UnixFileMode.UserRead | UnixFileMode.UserWrite
        );
        await File.AppendAllTextAsync(
            run.File(IdentityService.Name, "identity-service.yaml"),
            "storage: {type: postgres, postgres: {connection: file:postgres}}\n",
            cancellationToken
        );
    }

    private void Launch()
    {
        // A process object is for one process: each start has its own.
        service = new IdentityService(run, Ports, time);
        service.Start();
        run.Ledger.Write([service.Process.Stamp]);
    }

    private async Task RegisterAsync(AssertionMill mill, CancellationToken cancellationToken)
    {
        using var api = OpenApi();
        var organization = await api.GetAsync("/v1/organizations/current", cancellationToken);
        OrganizationId = organization.GetProperty("id").GetString()!;
        (RuleId, IssuerId) = await BenchRule.CreateAsync(run, Operator, mill, cancellationToken);
    }
}

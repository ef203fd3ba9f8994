using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Culvert.Identity.Service.Admin;
using Culvert.Identity.Service.Backup;
using Culvert.Identity.Service.Certificates;
using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Http.Roles;
using Culvert.Identity.Service.Jobs;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Sealing;
using Culvert.Identity.Service.Tenants;
using Culvert.Identity.Service.Tests.Documentation;
using Culvert.Platform.Net;
using Culvert.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>
/// A whole service in this process: what a real init made, a real database, real TLS on loopback ports. Only the clock is
/// faked, and what <c>configure</c> replaces.
/// </summary>
internal sealed class ServiceUnderTest : IAsyncDisposable
{
    private readonly string folder;
    private readonly Store store;
    private readonly WebApplication app;
    private readonly Action<IServiceCollection> configure;
    private bool isHandedOver;
    private bool isStopped;

    private ServiceUnderTest(
        string folder,
        ServiceOptions options,
        Store store,
        WebApplication app,
        FakeTimeProvider time,
        ScriptedHostResolver names,
        Action<IServiceCollection> configure
    )
    {
        Names = names;
        this.configure = configure;
        this.folder = folder;
        this.store = store;
        this.app = app;
        Options = options;
        Time = time;
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        ApiUrl = new Uri(addresses.First());
        MachineUrl = new Uri(addresses.Last());
        AdminKey = File.ReadAllText(Path.Combine(folder, "admin.key")).Trim();
        Api = Client(AdminKey);
    }

    public ServiceOptions Options { get; private set; }

    public FakeTimeProvider Time { get; }

    /// <summary>What host names mean to the service's fetches; none means anything until a test says so.</summary>
    public ScriptedHostResolver Names { get; }

    public Uri ApiUrl { get; }

    public Uri MachineUrl { get; }

    public string AdminKey { get; }

    /// <summary>A client that carries the admin key.</summary>
    public HttpClient Api { get; }

    public IServiceProvider Services => app.Services;

    /// <summary>For tests of something else than approval: one person changes what a tunnel trusts.</summary>
    public static ServiceOptions WithSingleApproval(ServiceOptions options) =>
        options with
        {
            Certificates = options.Certificates with { SingleApproval = true },
        };

    /// <summary>For tests with several nodes, whatever database the others use.</summary>
    public static ServiceOptions OnPostgres(ServiceOptions options) =>
        options with
        {
            Storage = OptionsIn(options.StateDirectory, StorageBackend.Postgres).Storage,
        };

    public static async Task<ServiceUnderTest> StartAsync(
        Action<IServiceCollection>? configure = null,
        Func<ServiceOptions, ServiceOptions>? options = null,
        FakeTimeProvider? time = null
    )
    {
        var folder = Directory.CreateTempSubdirectory("culvert-service-").FullName;
        time ??= new FakeTimeProvider();
        var configured = OptionsIn(folder);
        configured = options?.Invoke(configured) ?? configured;
        var names = new ScriptedHostResolver();
        void Configure(IServiceCollection services)
        {
            services.Replace(ServiceDescriptor.Singleton<IHostResolver>(names));
            configure?.Invoke(services);
        }

        await TestInstallation.PutAsync(configured, Path.Combine(folder, "admin.key"), time);
        TestDatabase.Find(configured)?.AddUser();
        return await OpenAsync(folder, configured, time, names, Configure);
    }

    /// <summary>Stops this service; what it leaves belongs to <see cref="RestartAsync"/>, which may be tried repeatedly.</summary>
    public async Task StopAsync()
    {
        isHandedOver = true;
        await DisposeAsync();
    }

    /// <summary>Stops this service and starts another on the same store, clock and names.</summary>
    public async Task<ServiceUnderTest> RestartAsync()
    {
        if (!isHandedOver)
        {
            await StopAsync();
        }

        return await OpenAsync(folder, Options, Time, Names, configure);
    }

    private static async Task<ServiceUnderTest> OpenAsync(
        string folder,
        ServiceOptions options,
        FakeTimeProvider time,
        ScriptedHostResolver names,
        Action<IServiceCollection> configure
    )
    {
        var store = Store.Open(options.StoreSettings, NullLogger.Instance);
        WebApplication? app = null;
        try
        {
            app = ServiceHost.Build(options, store, time, configure);
            await app.StartAsync(TestContext.Current.CancellationToken);
            return new ServiceUnderTest(folder, options, store, app, time, names, configure);
        }
        catch
        {
            if (app is not null)
            {
                await app.DisposeAsync();
            }

            store.Dispose();
            throw;
        }
    }

    /// <summary>Takes over a changed configuration as the program does after a changed file.</summary>
    public async Task ReloadAsync(Func<ServiceOptions, ServiceOptions> change)
    {
        Options = change(Options);
        await Get<OptionsInForce>().UseAsync(Options, TestContext.Current.CancellationToken);
    }

    /// <summary>
    /// From now on recurring jobs run only when the test runs them. Once the clock has jumped, they are due: any change
    /// wakes the scheduler, and they run at the same time as the test.
    /// </summary>
    public async Task PauseJobsAsync()
    {
        foreach (var job in Get<JobScheduler>().Jobs)
        {
            await Api.PostOkAsync($"/v1/jobs/{job.Name}/pause", """{"reason":"the test runs it"}""");
        }
    }

    /// <summary>
    /// Another node of the same installation: its own folder and name, the same database, sealing key and clock.
    /// </summary>
    public async Task<ServiceUnderTest> JoinAsync(string nodeName, Action<IServiceCollection>? adjust = null)
    {
        var joined = Directory.CreateTempSubdirectory("culvert-service-").FullName;
        foreach (var shared in new[] { "sealing.key", "admin.key" })
        {
            File.Copy(Path.Combine(folder, shared), Path.Combine(joined, shared));
        }

        var options = Options with
        {
            StateDirectory = joined,
            NodeName = nodeName,
            SealingKey = OptionsIn(joined, StorageBackend.Sqlite).SealingKey,
        };
        TestDatabase.Find(options)?.AddUser();
        return await OpenAsync(
            joined,
            options,
            Time,
            Names,
            services =>
            {
                configure(services);
                adjust?.Invoke(services);
            }
        );
    }

    /// <summary>
    /// Another service on a backup of this one: its own folder and database, the same sealing key, clock and names. Its
    /// admin key is a new one, as the host's command would make it.
    /// </summary>
    public async Task<ServiceUnderTest> RestoreElsewhereAsync(string backup, RestoreChoice choice)
    {
        var restored = Directory.CreateTempSubdirectory("culvert-service-").FullName;
        File.Copy(Path.Combine(folder, "sealing.key"), Path.Combine(restored, "sealing.key"));
        var fresh = OptionsIn(restored);
        var options = Options with
        {
            StateDirectory = restored,
            SealingKey = fresh.SealingKey,
            Storage = fresh.Storage,
        };
        var restorer = Composition.CreateRestorer(options, Time, NullLoggerFactory.Instance);
        var plan = restorer.Check(backup, choice);
        await restorer.RestoreAsync(plan, choice, (_, _) => { }, TestContext.Current.CancellationToken);
        var secret = Culvert.Identity.Service.Tenants.AdminKey.NewSecret();
        AdminKeyFile.WriteNew(Path.Combine(restored, "admin.key"), secret);
        TestDatabase.Find(options)?.AddUser();
        var service = await OpenAsync(restored, options, Time, Names, configure);
        await service
            .Get<HostAdminKeys>()
            .CreateAsync(
                new RequestedAdminKey
                {
                    OrganizationId = (
                        await service.Get<TenantStore>().ListOrganizationsAsync(TestContext.Current.CancellationToken)
                    )[0].Id,
                    Name = "after the restore",
                    Role = AdminRole.InstallationOperator,
                    Life = RequestedAdminKey.DefaultLife,
                    CreatedBy = null,
                },
                secret,
                AuditActor.System,
                TestContext.Current.CancellationToken
            );
        return service;
    }

    public static ServiceOptions OptionsIn(string folder, StorageBackend? backend = null) =>
        new()
        {
            PublicUrl = "https://identity.test:8443",
            MachineUrl = "https://identity.test:8444",
            TrustDomain = "identity.test",
            StateDirectory = folder,
            ApiListen = [new IPEndPoint(IPAddress.Loopback, 0)],
            MachineListen = [new IPEndPoint(IPAddress.Loopback, 0)],
            HealthListen = [new IPEndPoint(IPAddress.Loopback, 0)],
            SealingKey = new SealingKeyOptions(
                Path.Combine(folder, "sealing.key"),
                () => SealingKeyFile.Read(Path.Combine(folder, "sealing.key"))
            ),
            Limits = new LimitOptions
            {
                ExchangePerAddress = new RateLimit(10_000, TimeSpan.FromSeconds(1)),
                CostlyPerCaller = new RateLimit(1_000, TimeSpan.FromSeconds(1)),
                HistoryPerAddress = new RateLimit(1_000, TimeSpan.FromSeconds(1)),
            },

            // Only the tests of rotation wait for clients that do not report what they have.
            Certificates = new CertificateOptions { Propagation = TimeSpan.Zero },
            Storage = new StorageOptions
            {
                DiskReserveBytes = 0,
                Postgres =
                    (backend ?? StorageBackends.Default) == StorageBackend.Postgres ? TestDatabase.NewOptions() : null,
            },
        };

    /// <summary>
    /// A client of 8444 that proves itself with that certificate. As with <see cref="Client"/>, every answer is held
    /// against the description of the API.
    /// </summary>
    public HttpClient MachineClient(X509Certificate2? certificate)
    {
        var presented = Get<IApiCertificate>().Machine;
        var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                ClientCertificates = certificate is null ? null : [certificate],
                LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate!,
                RemoteCertificateValidationCallback = (_, server, _, _) =>
                    server is not null
                    && server.GetRawCertData().AsSpan().SequenceEqual(presented.TargetCertificate.RawData),
            },
            UseProxy = false,
        };
        return new HttpClient(new WireCheck(handler)) { BaseAddress = MachineUrl };
    }

    /// <summary>A client of 8443 with that bearer, or with none. Trusts the service's own certificate alone.</summary>
    /// <param name="bearer">Its credential.</param>
    /// <param name="followsRedirects">Whether it does.</param>
    /// <param name="proxyHeader">What a balancer sends before TLS on each connection; null = no balancer.</param>
    public HttpClient Client(string? bearer, bool followsRedirects = true, byte[]? proxyHeader = null)
    {
        var presented = Get<IApiCertificate>();
        var known = presented.Api.TargetCertificate.RawData;
        var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                // Pinned: exactly what the service says that it presents now, or said before it renewed it in this moment.
                RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                {
                    var (before, now) = (known, presented.Api.TargetCertificate.RawData);
                    known = now;
                    return certificate?.GetRawCertData() is { } shown
                        && (shown.AsSpan().SequenceEqual(now) || shown.AsSpan().SequenceEqual(before));
                },
            },
            UseProxy = false,
            AllowAutoRedirect = followsRedirects,
            UseCookies = false,
            ConnectCallback = proxyHeader is null ? null : ProxyHeaders.Sending(proxyHeader),
        };
        var client = new HttpClient(new WireCheck(handler)) { BaseAddress = ApiUrl };
        if (bearer is not null)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        }

        return client;
    }

    public T Get<T>()
        where T : notnull => Services.GetRequiredService<T>();

    public async ValueTask DisposeAsync()
    {
        if (isStopped)
        {
            return;
        }

        isStopped = true;
        Api.Dispose();
        await StoredMaterial.CheckAsync(Get<Database>());
        await app.DisposeAsync();
        store.Dispose();
        if (!isHandedOver)
        {
            TestDatabase.Find(Options)?.RemoveUser();
            Directory.Delete(folder, recursive: true);
        }
    }
}

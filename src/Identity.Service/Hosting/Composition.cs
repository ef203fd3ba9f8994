using Culvert.Identity.Service.Admin;
using Culvert.Identity.Service.Approvals;
using Culvert.Identity.Service.Audit;
using Culvert.Identity.Service.Authentication;
using Culvert.Identity.Service.Authorization;
using Culvert.Identity.Service.Backup;
using Culvert.Identity.Service.Certificates;
using Culvert.Identity.Service.Certificates.ServiceCertificates;
using Culvert.Identity.Service.Clock;
using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Connections;
using Culvert.Identity.Service.Console;
using Culvert.Identity.Service.Documentation;
using Culvert.Identity.Service.Exchange;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.GitHubApps;
using Culvert.Identity.Service.Hsm;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Jobs;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.Machines;
using Culvert.Identity.Service.Mail;
using Culvert.Identity.Service.Nodes;
using Culvert.Identity.Service.OAuthClients;
using Culvert.Identity.Service.People;
using Culvert.Identity.Service.PersonConnections;
using Culvert.Identity.Service.Scim;
using Culvert.Identity.Service.Search;
using Culvert.Identity.Service.Servers;
using Culvert.Identity.Service.Signals;
using Culvert.Identity.Service.StaticSecrets;
using Culvert.Identity.Service.Status;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Postgres;
using Culvert.Identity.Service.Tokens;
using Culvert.Identity.Service.Transparency;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Webhooks;
using Culvert.Platform.Health;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Culvert.Identity.Service.Hosting;

/// <summary>The registrations of all capabilities, in one place.</summary>
internal static class Composition
{
    private static readonly byte[] Alive = "{\"status\":\"ok\"}"u8.ToArray();

    public static IServiceCollection AddCulvertService(
        this IServiceCollection services,
        ServiceOptions options,
        Store store,
        TimeProvider time
    )
    {
        // At its lower levels the web server logs whole URLs, and a token in a URL must not reach the log.
        services.AddLogging(logging => logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning));
        services.AddCapabilityOptions(options);
        OptionsInForce.AddTo(services, options);
        services.AddSingleton(time);
        services.AddSingleton(store.Database);
        services.AddSingleton(store.Installation);
        services.AddSingleton(store.Sealer);
        services.AddSingleton(store.Node);
        services.AddSingleton(new Ordinals(store.Node.Id, time));
        services.AddSingleton<ChangeHub>();
        services.AddSingleton<IChanges>(provider => provider.GetRequiredService<ChangeHub>());
        services.AddSingleton<IRevisions>(provider => provider.GetRequiredService<ChangeHub>());
        services.AddSingleton(
            new JournalOptions
            {
                Linger = options.Storage.CommitLinger,
                DiskReserveBytes = options.Storage.DiskReserveBytes,
            }
        );
        services.AddSingleton<Journal>();
        services.AddSingleton<BackupRuns>();
        services.AddSingleton<LeaseStore>();
        if (store.Database is PostgresDatabase shared)
        {
            // The first of the background services, so that it sees changes while the others read.
            services.AddSingleton(shared);
            services.AddHostedService<ChangeWatch>();
            services.AddSingleton<NodeExchange>();
            services.AddHostedService(provider => provider.GetRequiredService<NodeExchange>());
        }

        services.AddSingleton<IJournal>(provider => provider.GetRequiredService<Journal>());
        services.AddSingleton(provider => StoreReadiness.Writes(provider.GetRequiredService<Journal>()));
        services.AddSingleton(provider => StoreReadiness.Disk(provider.GetRequiredService<Journal>()));

        services.AddSingleton(_ => new InstallationHsm(options.Pkcs11));
        if (options.Pkcs11 is not null)
        {
            services.AddSingleton<RecurringJob, HsmWatch>();
            services.AddSingleton(provider => new ReadinessCheck(
                "hsm",
                provider.GetRequiredService<InstallationHsm>().FindObstacleAsync
            ));
        }

        services.AddSingleton<ServiceDrain>();
        services.AddSingleton(provider => provider.GetRequiredService<ServiceDrain>().Readiness);
        services.AddSingleton<Authenticator>();
        services.AddSingleton<IAuthenticator>(provider => provider.GetRequiredService<Authenticator>());
        services.AddSingleton<Challenges>();
        services.AddSingleton<SecretAlarm>();
        services.AddSingleton<SharedLimits>();
        services.AddSingleton<SourceLimits>();
        services.AddSingleton<CallerLimits>();
        services.AddSingleton(new LimitShares(isShared: store.Database is PostgresDatabase));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<MatcherPolicy, ListenerMatcherPolicy>());

        services.AddHostedService<EventCounters>();
        services.AddBackup(); // first: its entry begins the chain after a restore
        services.AddAdmin();
        services.AddAudit(options.AuditTargets, options.Network);
        services.AddTransparency(options.Transparency);
        services.AddClock();
        services.AddMail();
        services.AddWebhooks();
        services.AddCertificates();
        services.AddFederation();
        services.AddExchange();
        services.AddPeople();
        services.AddSignals();
        services.AddNodes();
        services.AddTokens();
        services.AddTunnels();
        services.AddApprovals();
        services.AddServers();
        services.AddMachines();
        services.AddStatus();
        services.AddSearch();
        services.AddConsole();
        services.AddOAuthClients();
        services.AddScim();
        services.AddAuthorizationServer();
        services.AddUpstreamConnections();
        services.AddGitHubApps(options.GitHubApps);
        services.AddPersonConnections();
        services.AddStaticSecrets();
        services.AddDocumentation();
        services.AddJobs(); // last: the rounds begin after everything else has started, and stop before it
        return services;
    }

    /// <summary>Restores a backup to a place without an installation.</summary>
    public static Restorer CreateRestorer(ServiceOptions options, TimeProvider time, ILoggerFactory loggers) =>
        new(options, store => new ServiceCollection().AddCulvertService(options, store, time), time, loggers);

    // Options that only a restart can change. Each capability gets its own, and none of another capability.
    private static void AddCapabilityOptions(this IServiceCollection services, ServiceOptions options) =>
        services
            .AddSingleton(options.Identity)
            .AddSingleton(options.StoreSettings)
            .AddSingleton(options.TokenSigning)
            .AddSingleton(options.PlatformCa)
            .AddSingleton(new ServiceCertificateOptions(options.ApiCertificate));

    public static void Map(ApiHost host)
    {
        host.Map(HostOperations.CheckHealth, (_, _) => new(ApiAnswer.Raw(Alive, "application/json")));
        host.MapAdmin();
        host.MapAudit();
        host.MapTransparency();
        host.MapClock();
        host.MapWebhooks();
        host.MapCertificates();
        host.MapFederation();
        host.MapExchange();
        host.MapPeople();
        host.MapSignals();
        host.MapNodes();
        host.MapJobs();
        host.MapTokens();
        host.MapTunnels();
        host.MapOAuthClients();
        host.MapScim();
        host.MapApprovals();
        host.MapServers();
        host.MapMachines();
        host.MapStatus();
        host.MapSearch();
        host.MapAuthorizationServer();
        host.MapUpstreamConnections();
        host.MapGitHubApps();
        host.MapPersonConnections();
        host.MapStaticSecrets();
        host.MapDocumentation();
        host.MapConsole();
        DocumentationRegistration.Describe(host);
    }
}

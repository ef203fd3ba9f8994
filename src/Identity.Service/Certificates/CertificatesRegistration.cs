using Culvert.Identity.Service.Certificates.Bundles;
using Culvert.Identity.Service.Certificates.Enrollments;
using Culvert.Identity.Service.Certificates.Health;
using Culvert.Identity.Service.Certificates.InnerTls;
using Culvert.Identity.Service.Certificates.Inventory;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Certificates.Notices;
using Culvert.Identity.Service.Certificates.PlatformAuthorities;
using Culvert.Identity.Service.Certificates.Registered;
using Culvert.Identity.Service.Certificates.RelyingParties;
using Culvert.Identity.Service.Certificates.Revocation;
using Culvert.Identity.Service.Certificates.Rotation;
using Culvert.Identity.Service.Certificates.Rotation.Est;
using Culvert.Identity.Service.Certificates.ServiceCertificates;
using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Init;
using Culvert.Identity.Service.Jobs;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels.Certificates;
using Culvert.Identity.Service.Tunnels.ClientAuthorities;
using Culvert.Identity.Service.Tunnels.Machines;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Certificates;

internal static class CertificatesRegistration
{
    public static IServiceCollection AddCertificates(this IServiceCollection services) =>
        services
            .AddPlatformAuthorities()
            .AddSingleton<CertificateStore>()
            .AddSingleton<AnchorKeyStore>()
            .AddSingleton<AnchorKeys>()
            .AddSingleton<BlockedKeys>()
            .AddSingleton(provider => new CertifiableKeys(
                provider.GetRequiredService<BlockedKeys>(),
                provider.GetRequiredService<PlatformCa>().Holds,
                provider.GetRequiredService<CertificateStore>()
            ))
            .AddSingleton(provider => new Derived<CertificateOptions, CertificateProfiles>(
                provider.GetRequiredService<Current<CertificateOptions>>(),
                options => new CertificateProfiles(options)
            ))
            .AddSingleton<IssuanceLimits>()
            .AddSingleton<RepeatedRequests>()
            .AddSingleton<SigningQueue>()
            .AddSingleton<CertificateIssuer>()
            .AddSingleton<OrphanSweep>()
            .AddSingleton<CertificateInventory>()
            .AddJob(
                "issuance_sweep",
                "Completes or voids certificates whose issuance a crash interrupted.",
                _ => TimeSpan.FromSeconds(30),
                services => services.GetRequiredService<OrphanSweep>().RunOldAsync
            )
            .AddSingleton<CertificateInventoryEndpoint>()
            .AddRevocation()
            .AddNotices()
            .AddHealth()
            .AddEnrollments()
            .AddTunnelAuthorities()
            .AddBundles()
            .AddRegistered();

    public static void MapCertificates(this ApiHost host)
    {
        var platform = host.Services.GetRequiredService<PlatformCaEndpoint>();
        host.Map(PlatformCaOperations.Get, (_, _) => new(platform.Get()));
        var roots = host.Services.GetRequiredService<PlatformRootEndpoints>();
        host.Map(PlatformCaOperations.ListRoots, roots.ShowAsync);
        host.Map(PlatformCaOperations.PrepareRoot, roots.PrepareAsync);
        host.Map(PlatformCaOperations.ActivateRoot, roots.ActivateAsync);
        host.Map(PlatformCaOperations.RollBackRoot, roots.RollbackAsync);

        var agents = host.Services.GetRequiredService<
            EnrollmentEndpoints<AgentEnrollmentRequest, AgentEnrollmentState>
        >();
        var edges = host.Services.GetRequiredService<EnrollmentEndpoints<EdgeEnrollmentRequest, EdgeEnrollmentState>>();
        host.Map(EnrollmentOperations.EnrolAgent, agents.EnrolAsync);
        host.Map(EnrollmentOperations.EnrolEdge, edges.EnrolAsync);
        host.Map(EnrollmentOperations.RenewAgent, agents.RenewAsync);
        host.Map(EnrollmentOperations.RenewEdge, edges.RenewAsync);

        var inventory = host.Services.GetRequiredService<CertificateInventoryEndpoint>();
        host.Map(CertificateOperations.List, inventory.ListAsync);
        host.Map(CertificateOperations.Export, inventory.ExportAsync);
        host.Map(CertificateOperations.Forecast, inventory.ForecastAsync);
        host.Map(CertificateOperations.Get, inventory.RetrieveAsync);
        host.MapRevocation();
        var jobs = host.Services.GetRequiredService<RotationJobEndpoint>();
        host.Map(CertificateOperations.Issue, jobs.IssueAsync);
        var advice = host.Services.GetRequiredService<RenewalAdviceEndpoint>();
        host.Map(CertificateOperations.GetRenewalAdvice, advice.GetAsync);
        var server = host.Services.GetRequiredService<ServerCertificateEndpoint>();
        host.Map(CertificateOperations.IssueToAgent, server.IssueAsync);

        host.MapBundles();
        host.MapRegistered();

        var authorities = host.Services.GetRequiredService<AuthorityEndpoints>();
        host.Map(AuthorityOperations.Create, authorities.CreateAsync);
        host.Map(AuthorityOperations.List, authorities.ListAsync);
        host.Map(AuthorityOperations.Get, authorities.RetrieveAsync);
        host.Map(AuthorityOperations.GetCsr, authorities.CsrAsync);
        host.Map(AuthorityOperations.UploadChain, authorities.UploadAsync);
        host.Map(AuthorityOperations.Approve, authorities.ApproveAsync);
        host.Map(AuthorityOperations.PrepareKey, authorities.PrepareAsync);
        host.Map(AuthorityOperations.ImportKey, authorities.ImportAsync);
        host.Map(AuthorityOperations.Override, authorities.OverrideAsync);
        host.Map(AuthorityOperations.Activate, authorities.Run(AuthorityCommand.Activate));
        host.Map(AuthorityOperations.Suspend, authorities.Run(AuthorityCommand.Suspend));
        host.Map(AuthorityOperations.Resume, authorities.Run(AuthorityCommand.Resume));
        host.Map(AuthorityOperations.Retire, authorities.Run(AuthorityCommand.Retire));
        host.Map(AuthorityOperations.Taint, authorities.Run(AuthorityCommand.Taint));
        host.Map(AuthorityOperations.Delete, authorities.Run(AuthorityCommand.Delete));
        host.Map(AuthorityOperations.Restore, authorities.Run(AuthorityCommand.Restore));
    }

    private static void MapBundles(this ApiHost host)
    {
        // Administrators and relying parties call these; the handlers authorize the caller.
        var bundles = host.Services.GetRequiredService<TrustBundleEndpoints>();
        host.Map(TrustBundleOperations.Get, bundles.GetAsync);
        host.Map(TrustBundleOperations.Acknowledge, bundles.AcknowledgeAsync);

        var rotation = host.Services.GetRequiredService<RotationEndpoints>();
        host.Map(RotationOperations.Get, rotation.ShowAsync);
        host.Map(RotationOperations.RollBack, rotation.RollbackAsync);
        host.Map(RotationOperations.Withdraw, rotation.WithdrawAsync);

        var parties = host.Services.GetRequiredService<RelyingPartyEndpoints>();
        host.Map(RelyingPartyOperations.Create, parties.CreateAsync);
        host.Map(RelyingPartyOperations.List, parties.ListAsync);
        host.Map(RelyingPartyOperations.Get, parties.RetrieveAsync);
        host.Map(RelyingPartyOperations.Archive, parties.ArchiveAsync);
        host.Map(RelyingPartyOperations.Acknowledge, parties.AcknowledgeAsync);
    }

    private static IServiceCollection AddPlatformAuthorities(this IServiceCollection services) =>
        services
            .AddSingleton<PlatformAuthorityStore>()
            .AddSingleton<PlatformAuthorityMaker>()
            .AddSingleton<IInitStep, PlatformAuthorityInit>()
            .AddSingleton<PlatformCa>()
            .AddSingleton<PlatformCaEndpoint>()
            .AddSingleton<PlatformHolderStore>()
            .AddSingleton<PlatformLedger>()
            .AddSingleton<PlatformSwaps>()
            .AddSingleton<PlatformRootCommands>()
            .AddSingleton<PlatformRootEndpoints>()
            .AddJob(
                "platform_roots",
                "Performs the due steps of platform root rotations.",
                _ => TimeSpan.FromMinutes(1),
                services => services.GetRequiredService<PlatformRootCommands>().RetireAsync
            )
            .AddSingleton<ApiCertificate>()
            .AddSingleton<ServiceCertificateFile>()
            .AddSingleton<IApiCertificate>(provider => provider.GetRequiredService<ApiCertificate>())
            .AddHostedService<ServiceCertificateRenewal>();

    private static IServiceCollection AddHealth(this IServiceCollection services) =>
        services
            .AddSingleton<CertificateHealthStore>()
            .AddSingleton<CertificateHealth>()
            .AddSingleton<RecurringJob>(provider => provider.GetRequiredService<CertificateHealth>())
            .AddSingleton(provider =>
                CertificateReadiness.CanIssue(
                    provider.GetRequiredService<PlatformCa>(),
                    provider.GetRequiredService<Journal>(),
                    provider.GetRequiredService<TimeProvider>()
                )
            )
            .AddSingleton(provider =>
                CertificateReadiness.CanServeBundle(
                    provider.GetRequiredService<CertificateHealthStore>(),
                    provider.GetRequiredService<TimeProvider>()
                )
            );

    private static IServiceCollection AddEnrollments(this IServiceCollection services) =>
        services
            .AddSingleton<AgentEnrollmentStore>()
            .AddSingleton<EdgeEnrollmentStore>()
            .AddSingleton<IAgentEnrollments, AgentEnrollments>()
            .AddSingleton<IRevokedMachines, RevokedMachinesView>()
            .AddSingleton<IFederationValidity, FederationValidity>()
            .AddSingleton<AgentAdmission>()
            .AddSingleton<EdgeAdmission>()
            .AddSingleton<InstanceAlarm>()
            .AddSingleton<MachineCertificates>()
            .AddSingleton<IMachineEnroller<AgentEnrollmentRequest, AgentEnrollmentState>, AgentEnroller>()
            .AddSingleton<IMachineEnroller<EdgeEnrollmentRequest, EdgeEnrollmentState>, EdgeEnroller>()
            .AddSingleton(typeof(EnrollmentEndpoints<,>));

    private static IServiceCollection AddBundles(this IServiceCollection services) =>
        services
            .AddSingleton<BundleHolderStore>()
            .AddSingleton<RelyingPartyStore>()
            .AddSingleton<RelyingPartyDirectory>()
            .AddSingleton<RelyingPartyRegistry>()
            .AddSingleton<RelyingPartyEndpoints>()
            .AddSingleton<BundleLedger>()
            .AddSingleton<BundleAcknowledgements>()
            .AddSingleton<BundlePolling>()
            .AddSingleton<TrustBundleEndpoints>()
            .AddSingleton<LeafFacts>()
            .AddSingleton<TunnelBundles>()
            .AddSingleton<RotationSteps>()
            .AddSingleton<EarlyRenewals>()
            .AddSingleton<CommandConnector>()
            .AddSingleton<EstConnector>()
            .AddSingleton<ISigningConnector>(provider =>
                provider.GetRequiredService<EstConnector>() is { IsConfigured: true } est
                    ? est
                    : provider.GetRequiredService<CommandConnector>()
            )
            .AddSingleton<SigningAttemptStore>()
            .AddSingleton<SigningAttempts>()
            .AddSingleton<SuccessorSigning>()
            .AddSingleton<SuccessorActivation>()
            .AddSingleton<SuccessorPlan>()
            .AddSingleton<SuccessorSteps>()
            .AddSingleton<RotationReport>()
            .AddSingleton<RotationCommands>()
            .AddSingleton<RotationEndpoints>()
            .AddJob(
                "rotations",
                "Performs the due steps of certificate authority rotations.",
                GetRotationPace,
                services => services.GetRequiredService<RotationSteps>().RunAsync
            )
            // Apart from the rotations, because a round may last as long as the signing connector.
            .AddJob(
                "rotation_successors",
                "Requests keys and certificates for successors of certificate authorities.",
                GetRotationPace,
                services => services.GetRequiredService<SuccessorSteps>().RunAsync
            );

    private static TimeSpan GetRotationPace(IServiceProvider services) =>
        RotationPace.GetInterval(services.GetRequiredService<Current<CertificateOptions>>().Value);

    private static IServiceCollection AddTunnelAuthorities(this IServiceCollection services) =>
        services
            .AddSingleton<TunnelAuthorityStore>()
            .AddSingleton<AuthorityKeys>()
            .AddSingleton<ActivationGate>()
            .AddSingleton<IActivationGate>(provider => provider.GetRequiredService<ActivationGate>())
            .AddSingleton<ActiveAuthorities>()
            .AddSingleton<ServerCertificates>()
            .AddSingleton<RotationJobEndpoint>()
            .AddSingleton<CurrentBundles>()
            .AddSingleton<RenewalAdviceEndpoint>()
            .AddSingleton<TransitionGuards>()
            .AddSingleton<AuthorityAnchors>()
            .AddSingleton<AuthorityLifecycle>()
            .AddSingleton<IPublicAnchors, MachineAnchors>()
            .AddSingleton<AuthorityChecks>()
            .AddSingleton<AuthorityUpkeep>()
            .AddSingleton<RecurringJob>(provider => provider.GetRequiredService<AuthorityUpkeep>())
            .AddSingleton<AuthorityPreparation>()
            .AddSingleton<ChainSubmission>()
            .AddSingleton<FirstActivation>()
            .AddSingleton<ChainCommands>()
            .AddSingleton<AuthorityCommands>()
            .AddSingleton<AuthorityEndpoints>()
            .AddSingleton<ServerCertificateEndpoint>();
}

using Culvert.Identity.Service.Approvals;
using Culvert.Identity.Service.Certificates.Bundles;
using Culvert.Identity.Service.Certificates.Enrollments;
using Culvert.Identity.Service.Certificates.Health;
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
            .AddSingleton<CertifiableKeys>()
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
            .AddSingleton<RecurringJob, OrphanSweeper>()
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
        host.Get("/v1/platform_ca", Access.Anonymous, (_, _) => new(platform.Get()));
        var roots = host.Services.GetRequiredService<PlatformRootEndpoints>();
        var operate = Access.Scope(Scopes.InstallationOperate);
        host.Get("/v1/platform_ca/roots", operate, roots.ShowAsync);
        host.Post("/v1/platform_ca/roots", operate, roots.PrepareAsync);
        host.Post("/v1/platform_ca/roots/{root_id}/activate", operate, roots.ActivateAsync);
        host.Post("/v1/platform_ca/roots/{root_id}/rollback", operate, roots.RollbackAsync);

        var agents = host.Services.GetRequiredService<AgentEnrollmentEndpoints>();
        var edges = host.Services.GetRequiredService<EdgeEnrollmentEndpoints>();
        host.Post("/v1/agent/enrollments", Access.AnyCredential.OrAssertion(), agents.EnrollAsync);
        host.Post("/v1/edge/enrollments", Access.AnyCredential.OrAssertion(), edges.EnrollAsync);

        var inventory = host.Services.GetRequiredService<CertificateInventoryEndpoint>();
        var manage = Access.Scope(Scopes.ManageTunnels);
        host.Get("/v1/certificates", manage, inventory.ListAsync);
        host.Get("/v1/certificates/export", manage, inventory.ExportAsync);
        host.Get("/v1/certificates/forecast", manage, inventory.ForecastAsync);
        host.Get("/v1/certificates/{certificate_id}", manage, inventory.RetrieveAsync);
        host.MapRevocation();
        var jobs = host.Services.GetRequiredService<RotationJobEndpoint>();
        host.Post("/v1/certificates", Access.Scope(Scopes.CertificateIssue).OrAssertion(), jobs.IssueAsync);
        var advice = host.Services.GetRequiredService<RenewalAdviceEndpoint>();
        host.Get("/v1/certificates/renewal", Access.Scope(Scopes.CertificateIssue), advice.GetAsync);

        host.MapBundles();
        host.MapRegistered();

        var access = Access.Scope(Scopes.OrganizationAdmin);
        var authorities = host.Services.GetRequiredService<AuthorityEndpoints>();
        host.Post("/v1/certificate_authorities", access, authorities.CreateAsync);
        host.Get("/v1/certificate_authorities", access, authorities.ListAsync);
        host.Get("/v1/certificate_authorities/{ca_id}", access, authorities.RetrieveAsync);
        host.Get("/v1/certificate_authorities/{ca_id}/csr", access, authorities.CsrAsync);
        host.Post("/v1/certificate_authorities/{ca_id}/chain", access, authorities.UploadAsync);
        host.Post("/v1/certificate_authorities/{ca_id}/approve", access, authorities.ApproveAsync);
        host.Post("/v1/certificate_authorities/{ca_id}/key", access, authorities.PrepareAsync);
        host.Post("/v1/certificate_authorities/{ca_id}/pkcs12", access, authorities.ImportAsync);
        host.Post("/v1/certificate_authorities/{ca_id}/override", access, authorities.OverrideAsync);
        foreach (
            var (verb, command) in new (string, AuthorityCommand)[]
            {
                ("activate", AuthorityCommand.Activate),
                ("suspend", AuthorityCommand.Suspend),
                ("resume", AuthorityCommand.Resume),
                ("retire", AuthorityCommand.Retire),
                ("taint", AuthorityCommand.Taint),
                ("delete", AuthorityCommand.Delete),
                ("restore", AuthorityCommand.Restore),
            }
        )
        {
            host.Post($"/v1/certificate_authorities/{{ca_id}}/{verb}", access, authorities.Run(command));
        }
    }

    private static void MapBundles(this ApiHost host)
    {
        // Administrators and relying parties call these; the handlers authorize the caller.
        var bundles = host.Services.GetRequiredService<TrustBundleEndpoints>();
        host.Get("/v1/tunnels/{tunnel_id}/trust_bundle", Access.AnyCredential, bundles.GetAsync);
        host.Post(
            "/v1/tunnels/{tunnel_id}/trust_bundle/acknowledgements",
            Access.AnyCredential,
            bundles.AcknowledgeAsync
        );

        var rotation = host.Services.GetRequiredService<RotationEndpoints>();
        var administer = Access.Scope(Scopes.OrganizationAdmin);
        host.Get("/v1/certificate_authorities/{ca_id}/rotation", administer, rotation.ShowAsync);
        host.Post("/v1/certificate_authorities/{ca_id}/rollback", administer, rotation.RollbackAsync);
        host.Post("/v1/certificate_authorities/{ca_id}/withdraw", administer, rotation.WithdrawAsync);

        var access = Access.Scope(Scopes.ManageTunnels);
        var parties = host.Services.GetRequiredService<RelyingPartyEndpoints>();
        const string path = "/v1/tunnels/{tunnel_id}/relying_parties";
        host.Post(path, access, parties.CreateAsync);
        host.Get(path, access, parties.ListAsync);
        host.Get(path + "/{relying_party_id}", access, parties.RetrieveAsync);
        host.Post(path + "/{relying_party_id}/archive", access, parties.ArchiveAsync);
        host.Post(path + "/{relying_party_id}/acknowledge", access, parties.AcknowledgeAsync);
    }

    public static void MapCertificates(this MachineHost host)
    {
        var agents = host.Services.GetRequiredService<AgentEnrollmentEndpoints>();
        var server = host.Services.GetRequiredService<ServerCertificateEndpoint>();
        var edges = host.Services.GetRequiredService<EdgeEnrollmentEndpoints>();
        host.Post("/v1/agent/renewals", Access.Agent, agents.RenewAsync);
        host.Post("/v1/agent/server_certificates", Access.Agent, server.IssueAsync);
        host.Post("/v1/edge/renewals", Access.Edge, edges.RenewAsync);
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
            .AddSingleton<RecurringJob, PlatformRootLoop>()
            .AddSingleton<ApiCertificate>()
            .AddSingleton<KeptCertificates>()
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
            .AddSingleton<IFederationStanding, FederationStanding>()
            .AddSingleton<AgentAdmission>()
            .AddSingleton<InstanceAlarm>()
            .AddSingleton<MachineCertificates>()
            .AddSingleton<AgentEnrollmentEndpoints>()
            .AddSingleton<EdgeEnrollmentEndpoints>();

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
            .AddSingleton<RecurringJob, RotationLoop>()
            .AddSingleton<RecurringJob, SuccessorLoop>();

    private static IServiceCollection AddTunnelAuthorities(this IServiceCollection services) =>
        services
            .AddSingleton<TunnelAuthorityStore>()
            .AddSingleton<AuthorityKeys>()
            .AddSingleton<ServerProfile>()
            .AddSingleton<Persons>()
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

using Culvert.Identity.Service.Federation.Administration;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.Explain;
using Culvert.Identity.Service.Federation.History;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Federation.Lints;
using Culvert.Identity.Service.Federation.Presets;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Federation.RuleTests;
using Culvert.Identity.Service.Federation.ServiceAccounts;
using Culvert.Identity.Service.Federation.Simulation;
using Culvert.Identity.Service.Federation.Workspaces;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Settings;
using Culvert.Platform.Net;

namespace Culvert.Identity.Service.Federation;

internal static class FederationRegistration
{
    public static IServiceCollection AddFederation(this IServiceCollection services) =>
        services
            .AddSingleton<ServiceAccountStore>()
            .AddSingleton<MembershipStore>()
            .AddSingleton<MembershipEndpoints>()
            .AddSingleton<IssuerStore>()
            .AddSingleton<IIssuerKeyStore, IssuerKeyStore>()
            .AddSingleton<IRuleStore, RuleStore>()
            .AddSingleton<FederationChangeLog>()
            .AddSingleton<RuleTargets>()
            .AddSingleton<DenialStore>()
            .AddSingleton<IAuthenticationHistory, AuthenticationHistory>()
            .AddSingleton<IHostResolver>(SystemHostResolver.Instance)
            .AddSingleton<IIssuerFetcher, IssuerFetcher>()
            .AddSingleton<IIssuerControlStore, IssuerControlStore>()
            .AddSingleton<IssuerControls>()
            .AddSingleton<IssuerKeyRecorder>()
            .AddSingleton(provider =>
            {
                var options = provider.GetRequiredService<Current<FederationOptions>>();
                return new KeyFile(() => options.Value.JwksDirectory);
            })
            .AddSingleton<KeySetFetch>()
            .AddHostedService<IssuerPoller>()
            .AddSingleton<IssuerGuard>()
            .AddSingleton<IssuerAddresses>()
            .AddSingleton<IssuerVerifier>()
            .AddSingleton<IssuerKillEndpoints>()
            .AddSingleton<IssuerVerifyEndpoint>()
            .AddSingleton<IssuerMetrics>()
            .AddSingleton<IssuerKeyServices>()
            .AddSingleton<IssuerKeysFactory>()
            .AddSingleton<FederationDirectory>()
            .AddHostedService(provider => provider.GetRequiredService<FederationDirectory>())
            .AddSingleton<FederationChanges>()
            .AddSingleton<IssuerValidator>()
            .AddSingleton<RuleValidator>()
            .AddSingleton<RuleLinter>()
            .AddSingleton<RuleInventory>()
            .AddSingleton<RuleTestStore>()
            .AddSingleton<RuleTestRunner>()
            .AddSingleton<RuleReviewer>()
            .AddSingleton<LintEndpoint>()
            .AddSingleton<UnprovenRefusals>()
            .AddHostedService(provider => provider.GetRequiredService<UnprovenRefusals>())
            .AddSingleton<InactivePeople>()
            .AddSingleton<IDirectoryGroups, DirectoryGroups>()
            .AddSingleton<AssertionEvaluator>()
            .AddSingleton<Explainer>()
            .AddSingleton<GrantTrace>()
            .AddSingleton<DraftCompiler>()
            .AddSingleton<SimulationReader>()
            .AddSingleton<Simulator>()
            .AddSingleton<SimulationEndpoint>()
            .AddSingleton<PolicyReplay>()
            .AddSingleton<PolicyReplayEndpoint>()
            .AddSingleton<DenialRecorder>()
            .AddSingleton<ServiceAccountEndpoints>()
            .AddSingleton<IssuerEndpoints>()
            .AddSingleton<RuleApproval>()
            .AddSingleton<RuleDocuments>()
            .AddSingleton<RuleEndpoints>()
            .AddSingleton<RuleWorkspaceEndpoints>()
            .AddSingleton<HistoryEndpoint>();

    public static void MapFederation(this ApiHost host)
    {
        var accounts = host.Services.GetRequiredService<ServiceAccountEndpoints>();
        host.Map(ServiceAccountOperations.Create, accounts.CreateAsync);
        host.Map(ServiceAccountOperations.List, accounts.ListAsync);
        host.Map(ServiceAccountOperations.Get, accounts.GetAsync);
        host.Map(ServiceAccountOperations.Update, accounts.UpdateAsync);
        host.Map(ServiceAccountOperations.Archive, accounts.ArchiveAsync);

        var members = host.Services.GetRequiredService<MembershipEndpoints>();
        host.Map(MembershipOperations.ListOfAccount, members.ListOfAccountAsync);
        host.Map(MembershipOperations.AddToAccount, members.AddToAccountAsync);
        host.Map(MembershipOperations.RemoveFromAccount, members.RemoveAsync);
        host.Map(MembershipOperations.ListOfWorkspace, members.ListOfWorkspaceAsync);
        host.Map(MembershipOperations.AddToWorkspace, members.AddToWorkspaceAsync);
        host.Map(MembershipOperations.Get, members.GetAsync);
        host.Map(MembershipOperations.Update, members.UpdateAsync);
        host.Map(MembershipOperations.RemoveFromWorkspace, members.RemoveAsync);

        // No other service requests it; it must exist to observe.
        host.Services.GetRequiredService<IssuerMetrics>();
        var issuers = host.Services.GetRequiredService<IssuerEndpoints>();
        host.Map(IssuerOperations.Create, issuers.CreateAsync);
        host.Map(IssuerOperations.List, issuers.ListAsync);
        host.Map(IssuerOperations.Get, issuers.GetAsync);
        host.Map(IssuerOperations.Update, issuers.UpdateAsync);
        host.Map(IssuerOperations.Archive, issuers.ArchiveAsync);
        var kills = host.Services.GetRequiredService<IssuerKillEndpoints>();
        host.Map(IssuerOperations.Kill, kills.KillAsync);
        host.Map(IssuerOperations.Unkill, kills.UnkillAsync);
        var verify = host.Services.GetRequiredService<IssuerVerifyEndpoint>();
        host.Map(IssuerOperations.VerifyDraft, verify.VerifyDraftAsync);
        host.Map(IssuerOperations.Verify, verify.VerifyAsync);

        var rules = host.Services.GetRequiredService<RuleEndpoints>();
        var lints = host.Services.GetRequiredService<LintEndpoint>();
        host.Map(PresetOperations.List, PresetEndpoints.ListAsync);
        host.Map(PresetOperations.Get, PresetEndpoints.GetAsync);
        host.Map(RuleOperations.Lint, lints.PostAsync);
        host.Map(RuleOperations.Create, rules.CreateAsync);
        host.Map(RuleOperations.List, rules.ListAsync);
        host.Map(RuleOperations.Get, rules.GetAsync);
        host.Map(RuleOperations.Update, rules.UpdateAsync);
        host.Map(RuleOperations.Archive, rules.ArchiveAsync);
        host.Map(RuleOperations.ListVersions, rules.ListVersionsAsync);
        host.Map(RuleOperations.GetVersion, rules.GetVersionAsync);

        var simulation = host.Services.GetRequiredService<SimulationEndpoint>();
        host.Map(RuleOperations.Simulate, simulation.PostAsync);
        var replay = host.Services.GetRequiredService<PolicyReplayEndpoint>();
        host.Map(RuleOperations.Replay, replay.PostAsync);

        var workspaces = host.Services.GetRequiredService<RuleWorkspaceEndpoints>();
        host.Map(RuleOperations.ListWorkspaces, workspaces.ListAsync);
        host.Map(RuleOperations.AddWorkspace, workspaces.AddAsync);
        host.Map(RuleOperations.RemoveWorkspace, workspaces.RemoveAsync);

        var history = host.Services.GetRequiredService<HistoryEndpoint>();
        host.Map(HistoryOperations.List, history.ListAsync);
        host.Map(HistoryOperations.Get, history.GetAsync);
    }
}

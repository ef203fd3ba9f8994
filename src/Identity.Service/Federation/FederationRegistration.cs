using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.Explain;
using Culvert.Identity.Service.Federation.History;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Federation.Lints;
using Culvert.Identity.Service.Federation.Presets;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Federation.RuleTests;
using Culvert.Identity.Service.Federation.ServiceAccounts;
using Culvert.Identity.Service.Federation.Workspaces;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Settings;
using Culvert.Platform.Net;

namespace Culvert.Identity.Service.Federation;

internal static class FederationRegistration
{
    private const string Base = "/v1/organizations";

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
            .AddSingleton<RuleEndpoints>()
            .AddSingleton<RuleWorkspaceEndpoints>()
            .AddSingleton<HistoryEndpoint>();

    public static void MapFederation(this ApiHost host)
    {
        var admin = Access.Scope(Scopes.OrganizationAdmin);

        var accounts = host.Services.GetRequiredService<ServiceAccountEndpoints>();
        host.Post($"{Base}/service_accounts", admin, accounts.CreateAsync);
        host.Get($"{Base}/service_accounts", admin, accounts.ListAsync);
        host.Get($"{Base}/service_accounts/{{id}}", admin, accounts.GetAsync);
        host.Post($"{Base}/service_accounts/{{id}}", admin, accounts.UpdateAsync);
        host.Post($"{Base}/service_accounts/{{id}}/archive", admin, accounts.ArchiveAsync);

        var members = host.Services.GetRequiredService<MembershipEndpoints>();
        host.Get($"{Base}/service_accounts/{{id}}/workspaces", admin, members.ListOfAccountAsync);
        host.Post($"{Base}/service_accounts/{{id}}/workspaces", admin, members.AddToAccountAsync);
        host.Delete($"{Base}/service_accounts/{{id}}/workspaces/{{workspace}}", admin, members.RemoveAsync);
        host.Get($"{Base}/workspaces/{{workspace}}/service_accounts", admin, members.ListOfWorkspaceAsync);
        host.Post($"{Base}/workspaces/{{workspace}}/service_accounts", admin, members.AddToWorkspaceAsync);
        host.Get($"{Base}/workspaces/{{workspace}}/service_accounts/{{id}}", admin, members.GetAsync);
        host.Post($"{Base}/workspaces/{{workspace}}/service_accounts/{{id}}", admin, members.UpdateAsync);
        host.Delete($"{Base}/workspaces/{{workspace}}/service_accounts/{{id}}", admin, members.RemoveAsync);

        // No other service requests it; it must exist to observe.
        host.Services.GetRequiredService<IssuerMetrics>();
        var issuers = host.Services.GetRequiredService<IssuerEndpoints>();
        host.Post($"{Base}/federation_issuers", admin, issuers.CreateAsync);
        host.Get($"{Base}/federation_issuers", admin, issuers.ListAsync);
        host.Get($"{Base}/federation_issuers/{{id}}", admin, issuers.GetAsync);
        host.Post($"{Base}/federation_issuers/{{id}}", admin, issuers.UpdateAsync);
        host.Post($"{Base}/federation_issuers/{{id}}/archive", admin, issuers.ArchiveAsync);
        var kills = host.Services.GetRequiredService<IssuerKillEndpoints>();
        host.Post($"{Base}/federation_issuers/{{id}}/kill", admin, kills.KillAsync);
        host.Post($"{Base}/federation_issuers/{{id}}/unkill", admin, kills.UnkillAsync);
        var verify = host.Services.GetRequiredService<IssuerVerifyEndpoint>();
        host.Post($"{Base}/federation_issuers/verify", admin, verify.VerifyDraftAsync);
        host.Post($"{Base}/federation_issuers/{{id}}/verify", admin, verify.VerifyAsync);

        var rules = host.Services.GetRequiredService<RuleEndpoints>();
        var lints = host.Services.GetRequiredService<LintEndpoint>();
        host.Get($"{Base}/federation_presets", admin, PresetEndpoints.ListAsync);
        host.Get($"{Base}/federation_presets/{{name}}", admin, PresetEndpoints.GetAsync);
        host.Post($"{Base}/federation_rules/lint", admin, lints.PostAsync);
        host.Post($"{Base}/federation_rules", admin, rules.CreateAsync);
        host.Get($"{Base}/federation_rules", admin, rules.ListAsync);
        host.Get($"{Base}/federation_rules/{{id}}", admin, rules.GetAsync);
        host.Post($"{Base}/federation_rules/{{id}}", admin, rules.UpdateAsync);
        host.Post($"{Base}/federation_rules/{{id}}/archive", admin, rules.ArchiveAsync);
        host.Get($"{Base}/federation_rules/{{id}}/versions", admin, rules.ListVersionsAsync);
        host.Get($"{Base}/federation_rules/{{id}}/versions/{{version}}", admin, rules.GetVersionAsync);

        var simulation = host.Services.GetRequiredService<SimulationEndpoint>();
        host.Post($"{Base}/federation_rules/simulate", admin, simulation.PostAsync);
        var replay = host.Services.GetRequiredService<PolicyReplayEndpoint>();
        host.Post($"{Base}/federation_rules/{{id}}/replay", admin, replay.PostAsync);

        var workspaces = host.Services.GetRequiredService<RuleWorkspaceEndpoints>();
        host.Get($"{Base}/federation_rules/{{id}}/workspaces", admin, workspaces.ListAsync);
        host.Post($"{Base}/federation_rules/{{id}}/workspaces", admin, workspaces.AddAsync);
        host.Delete($"{Base}/federation_rules/{{id}}/workspaces/{{workspace}}", admin, workspaces.RemoveAsync);

        var history = host.Services.GetRequiredService<HistoryEndpoint>();
        host.Get("/v1/authentication_history", admin, history.ListAsync);
        host.Get("/v1/authentication_history/{request_id}", Access.AnyCredential, history.GetAsync);
    }
}

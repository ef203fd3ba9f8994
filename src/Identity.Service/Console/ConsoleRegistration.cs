using System.Text.Json;
using Culvert.Identity.Service.Authentication;
using Culvert.Identity.Service.Console.Pages;
using Culvert.Identity.Service.Console.Sessions;
using Culvert.Identity.Service.Console.Shared;
using Culvert.Identity.Service.Console.SignIn;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Console;

/// <summary>The capability's doors: every page and every form of the console.</summary>
internal static class ConsoleRegistration
{
    private const string Reason = "reason";

    // What the lifecycle of an authority is made of, besides what needs more than a reason.
    private static readonly string[] Verbs = ["activate", "resume", "restore"];

    // Those that stop or end something: not without a reason.
    private static readonly string[] GraveVerbs = ["suspend", "retire", "taint", "delete"];

    // Of the bundle: they take no expected state.
    private static readonly string[] BundleVerbs = ["rollback", "withdraw"];

    // Of an issuer's keys.
    private static readonly string[] KillVerbs = ["kill", "unkill"];

    public static IServiceCollection AddConsole(this IServiceCollection services) =>
        services
            .AddSingleton<ConsoleSessionStore>()
            .AddSingleton<ConsoleSessions>()
            .AddSingleton<CommandLineSessions>()
            .AddSingleton<IPersonSessions>(provider => provider.GetRequiredService<CommandLineSessions>())
            .AddSingleton<ConsoleRenderer>()
            .AddSingleton<ProviderClient>()
            .AddSingleton<ProviderSignIn>();

    /// <summary>Last: it calls what the others mapped.</summary>
    public static void MapConsole(this ApiHost host)
    {
        var console = ActivatorUtilities.CreateInstance<ConsoleEndpoints>(host.Services, host.Operations);
        host.MapSignIn(console);
        host.Get(
            ConsoleAssets.StylesPath,
            Culvert.Identity.Service.Http.Access.Anonymous,
            (request, _) => new(ConsoleAssets.SendStyles(request))
        );
        host.Get(
            ConsoleAssets.IconPath,
            Culvert.Identity.Service.Http.Access.Anonymous,
            (request, _) => new(ConsoleAssets.SendIcon(request))
        );
        new Pages(host, console).Map();
        // Behind every other path: a mistyped path gets a page, like the others.
        host.Page(HttpMethods.Get, "/console/{**path}", console.MissingAsync);
    }

    private static void MapSignIn(this ApiHost host, ConsoleEndpoints console)
    {
        var commandLine = ActivatorUtilities.CreateInstance<CommandLineSignIn>(host.Services);
        host.Post(CommandLineSignIn.Path, Culvert.Identity.Service.Http.Access.Anonymous, commandLine.SignInAsync);
        var signIn = ActivatorUtilities.CreateInstance<SignInEndpoints>(host.Services, console);
        host.Page(HttpMethods.Get, ConsoleEndpoints.SignInPath, signIn.ShowAsync);
        host.Page(HttpMethods.Post, ConsoleEndpoints.SignInPath, signIn.SignInAsync);
        var provider = ActivatorUtilities.CreateInstance<ProviderEndpoints>(host.Services, console);
        host.Page(HttpMethods.Get, ConsoleEndpoints.ProviderPath, provider.BeginAsync);
        host.Page(HttpMethods.Get, SignInProtocol.CallbackPath, provider.FinishAsync);
        host.Page(HttpMethods.Post, "/console/sign-out", console.SignOutAsync);
    }

    /// <summary>One method per resource.</summary>
    private sealed class Pages(ApiHost host, ConsoleEndpoints console)
    {
        public void Map()
        {
            Page<OverviewPage>(ConsoleEndpoints.Home);
            MapTunnels();
            MapAuthorities();
            MapCertificates();
            MapFederation();
            MapRecords();
        }

        private void MapTunnels()
        {
            Page<TunnelsPage>(
                "/console/tunnels",
                new ConsoleAction("/console/tunnels", "/v1/tunnels", FormField.Text("display_name"))
                {
                    Next = made => ToPath("tunnels", made),
                }
            );
            const string tunnel = "/v1/tunnels/{tunnel_id}";
            const string page = "/console/tunnels/{tunnel_id}";
            Page<TunnelPage>(
                page,
                new ConsoleAction($"{page}/pause", $"{tunnel}/pause", FormField.Why(Reason)),
                new ConsoleAction($"{page}/resume", $"{tunnel}/resume", FormField.Text(Reason)),
                new ConsoleAction(
                    $"{page}/settings",
                    tunnel,
                    FormField.Text("display_name"),
                    FormField.Number("revision"),
                    FormField.Lines("client_source_ranges"),
                    FormField.Lines("agent_source_ranges")
                ),
                new ConsoleAction(
                    $"{page}/agents/{{agent_id}}/disconnect",
                    $"{tunnel}/agents/{{agent_id}}/disconnect",
                    FormField.Why(Reason)
                ),
                new ConsoleAction(
                    $"{page}/agents/{{agent_id}}/revoke",
                    $"{tunnel}/agents/{{agent_id}}/revoke",
                    FormField.Why(Reason)
                )
            );
            MapHostnames($"{page}/hostnames", $"{tunnel}/hostnames");
            host.MapPolicyPages(console);
            MapApprovals($"{tunnel}/approvals/{{approval_id}}");
            const string inventory = "/console/inventory";
            Page<InventoryPage>(
                inventory,
                new ConsoleAction(
                    $"{inventory}/{{tunnel_id}}/{{route}}/owner",
                    $"{tunnel}/routes/{{route}}",
                    FormField.Required("owner")
                ),
                new ConsoleAction(
                    $"{inventory}/{{tunnel_id}}/{{route}}/attest",
                    $"{tunnel}/routes/{{route}}/attest",
                    FormField.Text("note"),
                    FormField.Number("names")
                )
            );
        }

        private void MapHostnames(string page, string hostnames) =>
            Page<HostnamesPage>(
                page,
                new ConsoleAction(page, hostnames, FormField.Required("name")),
                new ConsoleAction($"{page}/{{name}}/check", $"{hostnames}/{{name}}/check") { IsBodyless = true },
                new ConsoleAction($"{page}/{{name}}/remove", $"{hostnames}/{{name}}")
                {
                    Method = HttpMethods.Delete,
                    IsBodyless = true,
                }
            );

        private void MapApprovals(string approval)
        {
            const string page = "/console/approvals";
            const string decision = $"{page}/{{tunnel_id}}/{{approval_id}}";
            Page<ApprovalsPage>(
                page,
                new ConsoleAction($"{decision}/approve", $"{approval}/approve", FormField.Text(Reason)),
                new ConsoleAction($"{decision}/reject", $"{approval}/reject", FormField.Why(Reason))
            );
        }

        private void MapAuthorities()
        {
            const string list = "/console/authorities";
            const string page = $"{list}/{{ca_id}}";
            const string authority = "/v1/certificate_authorities/{ca_id}";
            Page<AuthoritiesPage>(list);
            Page<NewAuthorityPage>(
                $"{list}/new",
                new ConsoleAction(
                    $"{list}/new",
                    "/v1/certificate_authorities",
                    FormField.Required("name"),
                    FormField.Required("tunnel_id"),
                    FormField.Text("custody"),
                    FormField.Text("key_label")
                )
                {
                    Next = made => ToPath("authorities", made),
                }
            );
            Page<AuthorityPage>(
                page,
                [
                    new ConsoleAction($"{page}/key", $"{authority}/key") { IsBodyless = true },
                    new ConsoleAction(
                        $"{page}/chain",
                        $"{authority}/chain",
                        FormField.Required("chain_pem"),
                        FormField.Required("fingerprint"),
                        FormField.Flag("allow_public_anchor")
                    ),
                    new ConsoleAction($"{page}/approve", $"{authority}/approve", FormField.Required("fingerprint")),
                    new ConsoleAction(
                        $"{page}/override",
                        $"{authority}/override",
                        FormField.Lines("missing"),
                        FormField.Why(Reason)
                    ),
                    new ConsoleAction(
                        $"{page}/tunnels/{{tunnel_id}}/relying_parties/{{relying_party_id}}/acknowledge",
                        "/v1/tunnels/{tunnel_id}/relying_parties/{relying_party_id}/acknowledge",
                        FormField.Number("epoch")
                    ),
                    .. Verbs.Select(verb => new ConsoleAction(
                        $"{page}/{verb}",
                        $"{authority}/{verb}",
                        FormField.Text(Reason),
                        FormField.Text("expected_state")
                    )),
                    .. GraveVerbs.Select(verb => new ConsoleAction(
                        $"{page}/{verb}",
                        $"{authority}/{verb}",
                        FormField.Why(Reason),
                        FormField.Text("expected_state")
                    )),
                    .. BundleVerbs.Select(verb => new ConsoleAction(
                        $"{page}/{verb}",
                        $"{authority}/{verb}",
                        FormField.Why(Reason)
                    )),
                ]
            );
        }

        private void MapCertificates()
        {
            Page<CertificatesPage>("/console/certificates");
            Page<CertificatePage>(
                "/console/certificates/{certificate_id}",
                new ConsoleAction(
                    "/console/certificates/{certificate_id}/revoke",
                    "/v1/certificates/revoke",
                    FormField.Required("serial"),
                    FormField.Required("reason"),
                    FormField.Why("comment")
                )
            );
        }

        private void MapFederation()
        {
            const string federation = "/v1/organizations";
            MapIssuers($"{federation}/federation_issuers");
            Page<RulesPage>("/console/rules");
            const string rule = "/console/rules/{id}";
            Page<NewRulePage>("/console/rules/new", SaveRule("/console/rules/new", $"{federation}/federation_rules"));
            Page<RulePage>(
                rule,
                new ConsoleAction(
                    $"{rule}/state",
                    $"{federation}/federation_rules/{{id}}",
                    FormField.Required("state"),
                    FormField.Text(Reason)
                ),
                new ConsoleAction(
                    $"{rule}/draft",
                    $"{federation}/federation_rules/{{id}}",
                    FormField.Constant("state", "draft"),
                    FormField.Why(Reason)
                ),
                new ConsoleAction(
                    $"{rule}/archive",
                    $"{federation}/federation_rules/{{id}}/archive",
                    FormField.Why(Reason)
                ),
                new ConsoleAction(
                    $"{rule}/replay",
                    $"{federation}/federation_rules/{{id}}/replay",
                    FormField.Json("changes"),
                    FormField.Number("days")
                )
                {
                    ShowsResult = true,
                }
            );
            MapServiceAccounts($"{federation}/service_accounts");
            Page<SimulatePage>(
                "/console/simulate",
                new ConsoleAction(
                    "/console/simulate",
                    $"{federation}/federation_rules/simulate",
                    FormField.Text("rule_id"),
                    FormField.Text("issuer_id"),
                    FormField.Text("token"),
                    FormField.Json("claims"),
                    FormField.Text("request_id")
                )
                {
                    ShowsResult = true,
                }
            );
        }

        private void MapIssuers(string issuers)
        {
            const string list = "/console/issuers";
            const string create = $"{list}/new";
            const string page = $"{list}/{{id}}";
            IReadOnlyList<FormField> fields =
            [
                FormField.Required("name"),
                FormField.Required("issuer_url"),
                FormField.Text("preset"),
                FormField.Text("jwks.type"),
                FormField.Text("jwks.url"),
                FormField.Json("jwks.keys"),
                FormField.Text("jwks.ca_cert_pem"),
                FormField.Number("max_jwt_lifetime_seconds"),
            ];
            Page<IssuersPage>(list);
            Page<NewIssuerPage>(
                create,
                new ConsoleAction(create, issuers, fields) { Next = made => ToPath("issuers", made) },
                new ConsoleAction($"{create}/verify", $"{issuers}/verify", fields) { ShowsResult = true }
            );
            // What is killed: one of these three, until the same is restored.
            (string Path, FormField Field)[] kills =
            [
                ("issuer", FormField.Constant("issuer", true)),
                ("key-set", FormField.Constant("key_set", true)),
                ("key", FormField.Required("kid")),
            ];
            Page<IssuerPage>(
                page,
                [
                    new ConsoleAction($"{page}/verify", $"{issuers}/{{id}}/verify")
                    {
                        IsBodyless = true,
                        ShowsResult = true,
                    },
                    new ConsoleAction(
                        $"{page}/settings",
                        $"{issuers}/{{id}}",
                        FormField.Required("name"),
                        FormField.Number("max_jwt_lifetime_seconds"),
                        FormField.Flag("check_jti")
                    ),
                    new ConsoleAction(
                        $"{page}/resume",
                        $"{issuers}/{{id}}",
                        FormField.Constant("jwks_polling_disabled", false)
                    ),
                    new ConsoleAction($"{page}/archive", $"{issuers}/{{id}}/archive") { IsBodyless = true },
                    .. kills.SelectMany(kill =>
                        KillVerbs.Select(verb => new ConsoleAction(
                            $"{page}/{verb}/{kill.Path}",
                            $"{issuers}/{{id}}/{verb}",
                            kill.Field,
                            FormField.Why(Reason)
                        ))
                    ),
                ]
            );
        }

        private void MapServiceAccounts(string accounts)
        {
            const string list = "/console/service-accounts";
            const string page = $"{list}/{{id}}";
            Page<ServiceAccountsPage>(
                list,
                new ConsoleAction(
                    list,
                    accounts,
                    FormField.Required("name"),
                    FormField.Text("description"),
                    FormField.Text("organization_role")
                )
                {
                    Next = made => ToPath("service-accounts", made),
                }
            );
            Page<ServiceAccountPage>(
                page,
                new ConsoleAction(
                    $"{page}/settings",
                    $"{accounts}/{{id}}",
                    FormField.Required("description"),
                    FormField.Text("organization_role")
                ),
                new ConsoleAction($"{page}/archive", $"{accounts}/{{id}}/archive", FormField.Why(Reason))
            );
        }

        private void MapRecords()
        {
            Page<HistoryPage>("/console/history");
            Page<ExplainPage>("/console/history/{request_id}");
            Page<AuditPage>("/console/audit");
            const string jobs = "/console/jobs";
            Page<JobsPage>(
                jobs,
                new ConsoleAction($"{jobs}/{{job}}/run", "/v1/jobs/{job}/run") { IsBodyless = true },
                new ConsoleAction($"{jobs}/{{job}}/pause", "/v1/jobs/{job}/pause", FormField.Why(Reason)),
                new ConsoleAction($"{jobs}/{{job}}/resume", "/v1/jobs/{job}/resume") { IsBodyless = true }
            );
            Page<SettingsPage>(
                "/console/settings",
                new ConsoleAction(
                    "/console/settings/admin-keys/{admin_key_id}/revoke",
                    "/v1/admin_keys/{admin_key_id}/revoke",
                    FormField.Why(Reason)
                )
            );
        }

        private static ConsoleAction SaveRule(string path, string operation) =>
            new(
                path,
                operation,
                FormField.Required("name"),
                FormField.Text("description"),
                FormField.Required("issuer_id"),
                FormField.Text("match.subject_prefix"),
                FormField.Text("match.audience"),
                FormField.Json("match.claims"),
                FormField.Text("match.condition"),
                FormField.Constant("target.type", "service_account"),
                FormField.Required("target.service_account_id"),
                FormField.Text("workspace_id"),
                FormField.AllUnless("applies_to_all_workspaces", field: "workspace_id"),
                FormField.Required("oauth_scope"),
                FormField.Number("token_lifetime_seconds"),
                FormField.LinesIfAny("tunnel_ids"),
                FormField.Text("state"),
                FormField.Text("lint_justification")
            )
            {
                Next = made => ToPath("rules", made),
            };

        private void Page<TPage>(string path, params IReadOnlyList<ConsoleAction> actions)
            where TPage : ConsolePage => host.MapPage<TPage>(console, path, actions);

        private static string ToPath(string resource, JsonElement made) =>
            $"/console/{resource}/{Uri.EscapeDataString(made.Text("id") ?? "")}";
    }
}

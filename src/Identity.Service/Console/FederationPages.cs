using System.Text.Json.Nodes;
using Culvert.Identity.Service.Console.Pages;
using Culvert.Identity.Service.Federation.Administration;
using Culvert.Identity.Service.Federation.ServiceAccounts;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.OAuthClients;
using Culvert.Identity.Service.People;
using Culvert.Identity.Service.Signals;
using Culvert.Identity.Service.Tokens;

namespace Culvert.Identity.Service.Console;

internal static class FederationPages
{
    private static readonly (string Verb, Operation Operation)[] Kills =
    [
        ("kill", IssuerOperations.Kill),
        ("unkill", IssuerOperations.Unkill),
    ];

    // The editable fields of a rule. A change replaces the match and each list as a whole, so the form contains all of them.
    private static readonly IReadOnlyList<FormField> OfRule =
    [
        FormField.Required("name"),
        FormField.Required("description"),
        // Without it, an empty match would leave the stored one unchanged.
        FormField.Constant("match", new JsonObject()),
        FormField.Text("match.subject_prefix"),
        FormField.Text("match.subject_segments"),
        FormField.Text("match.audience"),
        FormField.Json("match.claims"),
        FormField.Json("match.matchers"),
        FormField.Text("match.condition"),
        FormField.Constant("target.type", "service_account"),
        FormField.Required("target.service_account_id"),
        FormField.Required("oauth_scope"),
        FormField.Lines("route_scopes"),
        FormField.Number("token_lifetime_seconds"),
        FormField.Chosen("tunnel_ids"),
        FormField.Lines("edge_ids"),
        FormField.Lines("actor_ids"),
        FormField.Lines("client_ids"),
        FormField.Text("state"),
        FormField.Text("bind"),
        FormField.Clearable("expires_at"),
    ];

    // The issuer never changes; workspaces are added and removed individually.
    private static readonly IReadOnlyList<FormField> OfNewRule =
    [
        .. OfRule,
        FormField.Required("issuer_id"),
        FormField.Text("subject_type"),
        FormField.Text("workspace_id"),
        FormField.AllUnless("applies_to_all_workspaces", field: "workspace_id"),
    ];

    public static void MapFederation(this ConsolePages pages)
    {
        pages.MapIssuers();
        pages.MapRules();
        pages.MapServiceAccounts();
        pages.MapOAuthClients();
        pages.Page<PeoplePage>(
            "/console/people",
            new ConsoleAction(
                PeoplePage.OffBoarding,
                PeopleOperations.OffBoard,
                FormField.Required("issuer_id"),
                FormField.Required("subject"),
                FormField.Why(ConsolePages.Reason)
            )
            {
                ShowsResult = true,
            }
        );
        pages.MapTokens();
        pages.Page<SimulatePage>(
            "/console/simulate",
            new ConsoleAction(
                "/console/simulate",
                RuleOperations.Simulate,
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

    private static void MapIssuers(this ConsolePages pages)
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
        pages.Page<IssuersPage>(list);
        pages.Page<NewIssuerPage>(
            create,
            new ConsoleAction(create, IssuerOperations.Create, fields)
            {
                Next = made => ConsolePages.ToPath("issuers", made),
            },
            new ConsoleAction($"{create}/verify", IssuerOperations.VerifyDraft, fields) { ShowsResult = true }
        );
        // Kills or restores one of these three.
        (string Path, FormField Field)[] kills =
        [
            ("issuer", FormField.Constant("issuer", true)),
            ("key-set", FormField.Constant("key_set", true)),
            ("key", FormField.Required("kid")),
        ];
        pages.Page<IssuerPage>(
            page,
            [
                new ConsoleAction($"{page}/verify", IssuerOperations.Verify) { IsBodyless = true, ShowsResult = true },
                new ConsoleAction(
                    $"{page}/settings",
                    IssuerOperations.Update,
                    FormField.Required("name"),
                    FormField.Number("max_jwt_lifetime_seconds"),
                    FormField.Flag("check_jti")
                ),
                new ConsoleAction(
                    $"{page}/resume",
                    IssuerOperations.Update,
                    FormField.Constant("jwks_polling_disabled", false)
                ),
                new ConsoleAction(
                    $"{page}/signals",
                    SignalOperations.Set,
                    FormField.Required("transmitter_issuer"),
                    FormField.Required("jwks_uri"),
                    FormField.Text("audience"),
                    FormField.Text("delivery"),
                    FormField.Text("poll_url"),
                    FormField.Text("poll_token"),
                    FormField.Flag("enabled")
                ),
                new ConsoleAction($"{page}/signals/remove", SignalOperations.Remove) { IsBodyless = true },
                new ConsoleAction($"{page}/archive", IssuerOperations.Archive) { IsBodyless = true },
                .. kills.SelectMany(kill =>
                    Kills.Select(one => new ConsoleAction(
                        $"{page}/{one.Verb}/{kill.Path}",
                        one.Operation,
                        kill.Field,
                        FormField.Why(ConsolePages.Reason)
                    ))
                ),
            ]
        );
    }

    private static void MapServiceAccounts(this ConsolePages pages)
    {
        const string list = "/console/service-accounts";
        const string page = $"{list}/{{id}}";
        pages.Page<ServiceAccountsPage>(
            list,
            new ConsoleAction(
                list,
                ServiceAccountOperations.Create,
                FormField.Required("name"),
                FormField.Text("description"),
                FormField.Text("organization_role")
            )
            {
                Next = made => ConsolePages.ToPath("service-accounts", made),
            }
        );
        pages.Page<ServiceAccountPage>(
            page,
            new ConsoleAction(
                $"{page}/settings",
                ServiceAccountOperations.Update,
                FormField.Required("description"),
                FormField.Text("organization_role")
            ),
            new ConsoleAction($"{page}/archive", ServiceAccountOperations.Archive, FormField.Why(ConsolePages.Reason))
        );
    }

    private static void MapOAuthClients(this ConsolePages pages)
    {
        const string list = "/console/oauth-clients";
        const string page = $"{list}/{{client_id}}";
        IReadOnlyList<FormField> fields =
        [
            FormField.Required("name"),
            FormField.Lines("redirect_uris"),
            FormField.Flag("require_dpop"),
        ];
        pages.Page<OAuthClientsPage>(
            list,
            new ConsoleAction(list, OAuthClientOperations.Create, fields)
            {
                Next = made => ConsolePages.ToPath("oauth-clients", made),
            }
        );
        pages.Page<OAuthClientPage>(
            page,
            new ConsoleAction($"{page}/settings", OAuthClientOperations.Update, fields),
            new ConsoleAction($"{page}/archive", OAuthClientOperations.Archive, FormField.Why(ConsolePages.Reason))
        );
    }

    // One form per kind of revocation, so that no field of another kind is sent.
    private static void MapTokens(this ConsolePages pages)
    {
        const string page = "/console/tokens";
        (string Path, IReadOnlyList<FormField> Fields)[] kinds =
        [
            ("token", [FormField.Constant("kind", "token"), FormField.Required("token_id")]),
            ("family", [FormField.Constant("kind", "family"), FormField.Required("family")]),
            (
                "service-account",
                [FormField.Constant("kind", "principal"), FormField.Required("service_account_id"), Before()]
            ),
            (
                "rule",
                [
                    FormField.Depending("kind", field: "rule_version", whenEmpty: "rule", otherwise: "rule_version"),
                    FormField.Required("rule_id"),
                    FormField.Number("rule_version"),
                    Before(),
                ]
            ),
            (
                "issuer",
                [
                    FormField.Depending("kind", field: "subject", whenEmpty: "issuer", otherwise: "subject"),
                    FormField.Required("issuer_id"),
                    FormField.Text("subject"),
                    Before(),
                ]
            ),
            ("all", [FormField.Constant("kind", "issued_before"), Before()]),
        ];
        pages.Page<TokensPage>(
            page,
            [
                .. kinds.Select(kind => new ConsoleAction(
                    $"{page}/revoke/{kind.Path}",
                    TokenOperations.CreateRevocation,
                    [.. kind.Fields, FormField.Why(ConsolePages.Reason)]
                )),
            ]
        );

        static FormField Before() => FormField.Text("issued_before");
    }

    private static void MapRules(this ConsolePages pages)
    {
        const string list = "/console/rules";
        const string create = $"{list}/new";
        const string page = $"{list}/{{id}}";
        const string edit = $"{page}/edit";
        pages.Page<RulesPage>(list);
        pages.Page<NewRulePage>(
            create,
            new ConsoleAction(create, RuleOperations.Create, [.. OfNewRule, FormField.Text("lint_justification")])
            {
                Next = made => ConsolePages.ToPath("rules", made),
            },
            Preview($"{create}/lint", RuleOperations.Lint, [.. OfNewRule.Select(field => field.In("rule"))]),
            Simulate($"{create}/simulate")
        );
        pages.Page<EditRulePage>(
            edit,
            new ConsoleAction(
                edit,
                RuleOperations.Update,
                [
                    .. OfRule,
                    FormField.Number("version"),
                    FormField.Text(ConsolePages.Reason),
                    FormField.Text("lint_justification"),
                ]
            )
            {
                Next = made => ConsolePages.ToPath("rules", made),
            },
            Preview(
                $"{edit}/lint",
                RuleOperations.Lint,
                [
                    FormField.Required("federation_rule_id"),
                    .. OfRule.Select(field => field.In("change")),
                    FormField.Number("version").In("change"),
                ]
            ),
            Simulate($"{edit}/simulate")
        );
        pages.Page<RulePage>(
            page,
            new ConsoleAction(
                $"{page}/state",
                RuleOperations.Update,
                FormField.Required("state"),
                FormField.Text(ConsolePages.Reason)
            ),
            new ConsoleAction(
                $"{page}/draft",
                RuleOperations.Update,
                FormField.Constant("state", "draft"),
                FormField.Why(ConsolePages.Reason)
            ),
            new ConsoleAction(
                $"{page}/approve",
                RuleOperations.Approve,
                FormField.Number("version"),
                FormField.Text(ConsolePages.Reason)
            ),
            new ConsoleAction(
                $"{page}/reject",
                RuleOperations.Reject,
                FormField.Number("version"),
                FormField.Why(ConsolePages.Reason)
            ),
            new ConsoleAction($"{page}/archive", RuleOperations.Archive, FormField.Why(ConsolePages.Reason)),
            Preview($"{page}/replay", RuleOperations.Replay, [FormField.Json("changes"), FormField.Number("days")])
        );
    }

    private static ConsoleAction Preview(string path, Operation operation, IReadOnlyList<FormField> fields) =>
        new(path, operation, fields) { ShowsResult = true };

    // Simulates the form's rule with the claims of a past exchange.
    private static ConsoleAction Simulate(string path) =>
        Preview(
            path,
            RuleOperations.Simulate,
            [
                .. OfNewRule.Select(field => field.In("rule")),
                FormField.Json("claims") with
                {
                    Field = "tried_claims",
                },
                FormField.Text("request_id") with
                {
                    Field = "tried_request",
                },
            ]
        );
}

using System.Text.Json.Nodes;
using Culvert.Identity.Service.Console.Pages;

namespace Culvert.Identity.Service.Console;

internal static class FederationPages
{
    private static readonly string[] KillVerbs = ["kill", "unkill"];

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
        FormField.Number("token_lifetime_seconds"),
        FormField.Chosen("tunnel_ids"),
        FormField.Lines("edge_ids"),
        FormField.Lines("actor_ids"),
        FormField.Text("state"),
        FormField.Text("bind"),
        FormField.Clearable("expires_at"),
    ];

    // The issuer never changes; workspaces are added and removed individually.
    private static readonly IReadOnlyList<FormField> OfNewRule =
    [
        .. OfRule,
        FormField.Required("issuer_id"),
        FormField.Text("workspace_id"),
        FormField.AllUnless("applies_to_all_workspaces", field: "workspace_id"),
    ];

    public static void MapFederation(this ConsolePages pages)
    {
        const string federation = "/v1/organizations";
        pages.MapIssuers($"{federation}/federation_issuers");
        pages.MapRules($"{federation}/federation_rules");
        pages.MapServiceAccounts($"{federation}/service_accounts");
        pages.MapTokens("/v1/oauth/revocations");
        pages.Page<SimulatePage>(
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

    private static void MapIssuers(this ConsolePages pages, string issuers)
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
            new ConsoleAction(create, issuers, fields) { Next = made => ConsolePages.ToPath("issuers", made) },
            new ConsoleAction($"{create}/verify", $"{issuers}/verify", fields) { ShowsResult = true }
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
                        FormField.Why(ConsolePages.Reason)
                    ))
                ),
            ]
        );
    }

    private static void MapServiceAccounts(this ConsolePages pages, string accounts)
    {
        const string list = "/console/service-accounts";
        const string page = $"{list}/{{id}}";
        pages.Page<ServiceAccountsPage>(
            list,
            new ConsoleAction(
                list,
                accounts,
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
                $"{accounts}/{{id}}",
                FormField.Required("description"),
                FormField.Text("organization_role")
            ),
            new ConsoleAction($"{page}/archive", $"{accounts}/{{id}}/archive", FormField.Why(ConsolePages.Reason))
        );
    }

    // One form per kind of revocation, so that no field of another kind is sent.
    private static void MapTokens(this ConsolePages pages, string revocations)
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
                    revocations,
                    [.. kind.Fields, FormField.Why(ConsolePages.Reason)]
                )),
            ]
        );

        static FormField Before() => FormField.Text("issued_before");
    }

    private static void MapRules(this ConsolePages pages, string rules)
    {
        const string list = "/console/rules";
        const string create = $"{list}/new";
        const string page = $"{list}/{{id}}";
        const string edit = $"{page}/edit";
        var rule = $"{rules}/{{id}}";
        pages.Page<RulesPage>(list);
        pages.Page<NewRulePage>(
            create,
            new ConsoleAction(create, rules, [.. OfNewRule, FormField.Text("lint_justification")])
            {
                Next = made => ConsolePages.ToPath("rules", made),
            },
            Preview($"{create}/lint", $"{rules}/lint", [.. OfNewRule.Select(field => field.In("rule"))]),
            Simulate($"{create}/simulate", rules)
        );
        pages.Page<EditRulePage>(
            edit,
            new ConsoleAction(
                edit,
                rule,
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
                $"{rules}/lint",
                [
                    FormField.Required("federation_rule_id"),
                    .. OfRule.Select(field => field.In("change")),
                    FormField.Number("version").In("change"),
                ]
            ),
            Simulate($"{edit}/simulate", rules)
        );
        pages.Page<RulePage>(
            page,
            new ConsoleAction($"{page}/state", rule, FormField.Required("state"), FormField.Text(ConsolePages.Reason)),
            new ConsoleAction(
                $"{page}/draft",
                rule,
                FormField.Constant("state", "draft"),
                FormField.Why(ConsolePages.Reason)
            ),
            new ConsoleAction($"{page}/archive", $"{rule}/archive", FormField.Why(ConsolePages.Reason)),
            Preview($"{page}/replay", $"{rule}/replay", [FormField.Json("changes"), FormField.Number("days")])
        );
    }

    private static ConsoleAction Preview(string path, string operation, IReadOnlyList<FormField> fields) =>
        new(path, operation, fields) { ShowsResult = true };

    // Simulates the form's rule with the claims of a past exchange.
    private static ConsoleAction Simulate(string path, string rules) =>
        Preview(
            path,
            $"{rules}/simulate",
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

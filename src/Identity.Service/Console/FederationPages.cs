using Culvert.Identity.Service.Console.Pages;

namespace Culvert.Identity.Service.Console;

/// <summary>Issuers, rules and service accounts.</summary>
internal static class FederationPages
{
    // Of an issuer's keys.
    private static readonly string[] KillVerbs = ["kill", "unkill"];

    public static void MapFederation(this ConsolePages pages)
    {
        const string federation = "/v1/organizations";
        pages.MapIssuers($"{federation}/federation_issuers");
        pages.Page<RulesPage>("/console/rules");
        const string rule = "/console/rules/{id}";
        pages.Page<NewRulePage>("/console/rules/new", SaveRule("/console/rules/new", $"{federation}/federation_rules"));
        pages.Page<RulePage>(
            rule,
            new ConsoleAction(
                $"{rule}/state",
                $"{federation}/federation_rules/{{id}}",
                FormField.Required("state"),
                FormField.Text(ConsolePages.Reason)
            ),
            new ConsoleAction(
                $"{rule}/draft",
                $"{federation}/federation_rules/{{id}}",
                FormField.Constant("state", "draft"),
                FormField.Why(ConsolePages.Reason)
            ),
            new ConsoleAction(
                $"{rule}/archive",
                $"{federation}/federation_rules/{{id}}/archive",
                FormField.Why(ConsolePages.Reason)
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
        pages.MapServiceAccounts($"{federation}/service_accounts");
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
        // What is killed: one of these three, until the same is restored.
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
            Next = made => ConsolePages.ToPath("rules", made),
        };
}

using Culvert.Identity.Service.Console.Filters;
using Culvert.Identity.Service.Console.Pages;

namespace Culvert.Identity.Service.Console;

internal static class AuthorityPages
{
    // The lifecycle actions of an authority whose reason is optional.
    private static readonly string[] Verbs = ["activate", "resume", "restore"];

    // Disruptive actions, which require a reason.
    private static readonly string[] GraveVerbs = ["suspend", "retire", "taint", "delete"];

    // Actions on the bundle: they have no expected state.
    private static readonly string[] BundleVerbs = ["rollback", "withdraw"];

    public static void MapAuthorities(this ConsolePages pages)
    {
        const string list = "/console/authorities";
        const string page = $"{list}/{{ca_id}}";
        const string authority = "/v1/certificate_authorities/{ca_id}";
        pages.Page<AuthoritiesPage>(list);
        pages.Page<NewAuthorityPage>(
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
                Next = made => ConsolePages.ToPath("authorities", made),
            }
        );
        pages.Page<AuthorityPage>(
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
                    FormField.Why(ConsolePages.Reason)
                ),
                new ConsoleAction(
                    $"{page}/tunnels/{{tunnel_id}}/relying_parties/{{relying_party_id}}/acknowledge",
                    "/v1/tunnels/{tunnel_id}/relying_parties/{relying_party_id}/acknowledge",
                    FormField.Number("epoch")
                ),
                .. Verbs.Select(verb => new ConsoleAction(
                    $"{page}/{verb}",
                    $"{authority}/{verb}",
                    FormField.Text(ConsolePages.Reason),
                    FormField.Text("expected_state")
                )),
                .. GraveVerbs.Select(verb => new ConsoleAction(
                    $"{page}/{verb}",
                    $"{authority}/{verb}",
                    FormField.Why(ConsolePages.Reason),
                    FormField.Text("expected_state")
                )),
                .. BundleVerbs.Select(verb => new ConsoleAction(
                    $"{page}/{verb}",
                    $"{authority}/{verb}",
                    FormField.Why(ConsolePages.Reason)
                )),
            ]
        );
    }

    public static void MapCertificates(this ConsolePages pages)
    {
        pages.Page<CertificatesPage>(FilteredPage.Certificates);
        pages.Page<CertificatePage>(
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
}

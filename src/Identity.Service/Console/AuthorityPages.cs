using Culvert.Identity.Service.Certificates;
using Culvert.Identity.Service.Certificates.RelyingParties;
using Culvert.Identity.Service.Certificates.Rotation;
using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Console.Filters;
using Culvert.Identity.Service.Console.Pages;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Console;

internal static class AuthorityPages
{
    // The lifecycle actions of an authority whose reason is optional.
    private static readonly Operation[] Moves =
    [
        AuthorityOperations.Activate,
        AuthorityOperations.Resume,
        AuthorityOperations.Restore,
    ];

    // Disruptive actions, which require a reason.
    private static readonly Operation[] GraveMoves =
    [
        AuthorityOperations.Suspend,
        AuthorityOperations.Retire,
        AuthorityOperations.Taint,
        AuthorityOperations.Delete,
    ];

    // Actions on the bundle: they have no expected state.
    private static readonly Operation[] BundleMoves = [RotationOperations.RollBack, RotationOperations.Withdraw];

    /// <summary>The last part of the operation's path, which ends the path of its form too.</summary>
    public static string GetVerb(Operation operation) => operation.Path[(operation.Path.LastIndexOf('/') + 1)..];

    public static void MapAuthorities(this ConsolePages pages)
    {
        const string list = "/console/authorities";
        const string page = $"{list}/{{ca_id}}";
        pages.Page<AuthoritiesPage>(list);
        pages.Page<NewAuthorityPage>(
            $"{list}/new",
            new ConsoleAction(
                $"{list}/new",
                AuthorityOperations.Create,
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
                new ConsoleAction($"{page}/key", AuthorityOperations.PrepareKey) { IsBodyless = true },
                new ConsoleAction(
                    $"{page}/chain",
                    AuthorityOperations.UploadChain,
                    FormField.Required("chain_pem"),
                    FormField.Required("fingerprint"),
                    FormField.Flag("allow_public_anchor")
                ),
                new ConsoleAction($"{page}/approve", AuthorityOperations.Approve, FormField.Required("fingerprint")),
                new ConsoleAction(
                    $"{page}/override",
                    AuthorityOperations.Override,
                    FormField.Lines("missing"),
                    FormField.Why(ConsolePages.Reason)
                ),
                new ConsoleAction(
                    $"{page}/tunnels/{{tunnel_id}}/relying_parties/{{relying_party_id}}/acknowledge",
                    RelyingPartyOperations.Acknowledge,
                    FormField.Number("epoch")
                ),
                .. Moves.Select(move => new ConsoleAction(
                    $"{page}/{GetVerb(move)}",
                    move,
                    FormField.Text(ConsolePages.Reason),
                    FormField.Text("expected_state")
                )),
                .. GraveMoves.Select(move => new ConsoleAction(
                    $"{page}/{GetVerb(move)}",
                    move,
                    FormField.Why(ConsolePages.Reason),
                    FormField.Text("expected_state")
                )),
                .. BundleMoves.Select(move => new ConsoleAction(
                    $"{page}/{GetVerb(move)}",
                    move,
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
                CertificateOperations.Revoke,
                FormField.Required("serial"),
                FormField.Required("reason"),
                FormField.Why("comment")
            )
        );
    }
}

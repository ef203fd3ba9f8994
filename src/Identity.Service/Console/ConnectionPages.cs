using Culvert.Identity.Service.Connections;
using Culvert.Identity.Service.Console.Pages;

namespace Culvert.Identity.Service.Console;

internal static class ConnectionPages
{
    // Spaces at the ends of a secret are significant.
    private static readonly FormField Secret = FormField.Text("client_secret") with { IsVerbatim = true };

    public static void MapConnections(this ConsolePages pages)
    {
        const string list = "/console/connections";
        const string create = $"{list}/new";
        const string page = $"{list}/{{connection_id}}";
        pages.Page<ConnectionsPage>(list);
        pages.Page<NewConnectionPage>(
            create,
            new ConsoleAction(
                create,
                ConnectionOperations.Create,
                FormField.Required("tunnel_id"),
                FormField.Required("route"),
                FormField.Required("display_name"),
                FormField.Text("authorization_endpoint"),
                FormField.Text("token_endpoint"),
                FormField.Text("revocation_endpoint"),
                FormField.Required("client_id"),
                FormField.Text("client_auth"),
                Secret,
                FormField.Lines("scopes"),
                FormField.Text("issuer"),
                FormField.Text("resource"),
                FormField.Targets("allowed_targets"),
                FormField.Text("ca_cert_pem")
            )
            {
                Next = made => ConsolePages.ToPath("connections", made),
            }
        );
        pages.Page<ConnectionPage>(
            page,
            new ConsoleAction(
                $"{page}/settings",
                ConnectionOperations.Update,
                FormField.Required("display_name"),
                FormField.Lines("scopes"),
                Secret
            ),
            new ConsoleAction($"{page}/archive", ConnectionOperations.Archive, FormField.Why(ConsolePages.Reason)),
            new ConsoleAction(
                $"{page}/grants/{{grant_id}}/revoke",
                ConnectionOperations.RevokeGrant,
                FormField.Why(ConsolePages.Reason)
            )
        );
    }
}

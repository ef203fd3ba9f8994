using Culvert.Identity.Service.Authorization;
using Culvert.Identity.Service.Connections;
using Culvert.Identity.Service.Console;
using Culvert.Identity.Service.Console.Access;

namespace Culvert.Identity.Service.PersonConnections;

/// <summary>The console's link to a person's own connections. The session of an admin key is not a person's.</summary>
internal sealed class MyConnectionsLink(AuthorizationServer server) : IPersonalPage
{
    public string Label => "My connections";

    public string? FindPath(ConsolePrincipal principal) =>
        server.IsEnabled && principal.Session.AdminKeyId is null
            ? Connection.GetListPath(principal.Session.OrganizationId)
            : null;
}

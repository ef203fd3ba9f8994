using Culvert.Identity.Service.Authorization;
using Culvert.Identity.Service.Connections;
using Culvert.Identity.Service.Console;
using Culvert.Identity.Service.Console.Pages;
using Culvert.Identity.Service.Console.Sessions;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.Tunnels;

namespace Culvert.Identity.Service.PersonConnections;

/// <summary>The first and the last step of each request: whether the page is offered, and what the browser shows.</summary>
internal sealed class ConnectPages(
    AuthorizationServer server,
    TunnelStore tunnels,
    ConnectionStore connections,
    ConsoleRenderer renderer,
    ConsoleSettings settings,
    SourceLimits limits,
    TimeProvider time
)
{
    /// <summary>The organization of the path. Null: the request has been answered.</summary>
    public async ValueTask<string?> FindOrganizationAsync(HttpContext http)
    {
        ConsoleHeaders.Set(http.Response);
        var request = new ApiRequest(http);
        var organizationId = request.Route("organization_id");
        var obstacle =
            limits.Unauthenticated.TryTake(request.Source)
            ?? (
                await server.IsOfferedAsync(organizationId, http.RequestAborted)
                    ? null
                    : RequestErrors.NotFound.Refuse()
            );
        if (obstacle is null)
        {
            return organizationId;
        }

        await RefuseAsync(http, obstacle);
        return null;
    }

    /// <summary>A live connection of the organization, with its tunnel. Null: the request has been answered.</summary>
    public async ValueTask<(Connection Connection, Tunnel Tunnel)?> FindConnectionAsync(
        HttpContext http,
        string organizationId,
        string? connectionId
    )
    {
        if (
            ConnectionId.TryParse(connectionId, out var id)
            && await connections.FindAsync(organizationId, id.Value, http.RequestAborted)
                is { IsArchived: false } connection
            && await tunnels.FindAsync(connection.TunnelId, http.RequestAborted) is { IsArchived: false } tunnel
        )
        {
            return (connection, tunnel);
        }

        await RefuseAsync(http, RequestErrors.NotFound.Refuse());
        return null;
    }

    /// <summary>Shows a page with forms that lead to an upstream.</summary>
    public Task ShowFormAsync<TPage, TDetails>(HttpContext http, ConsoleCookie browser, TDetails details)
        where TPage : ConsolePage
    {
        // Browsers apply form-action to every redirect that follows the form, also to those of the upstream.
        http.Response.Headers.ContentSecurityPolicy = ConsoleHeaders.Policy.Replace(
            "form-action 'self'; ",
            "",
            StringComparison.Ordinal
        );
        return ShowAsync<TPage, TDetails>(http, browser, details);
    }

    /// <summary>Shows a page without a form.</summary>
    public Task ShowAsync<TPage, TDetails>(HttpContext http, TDetails details)
        where TPage : ConsolePage => ShowAsync<TPage, TDetails>(http, ConsoleCookie.New(), details);

    public Task RefuseAsync(HttpContext http, Refusal refusal)
    {
        var request = CreateRequest(http, ConsoleCookie.New());
        request.Failure = refusal;
        request.IsMissing = true;
        return renderer.WriteAsync(typeof(ProblemPage), request, refusal.Code.Status);
    }

    public static AuditOrigin CreateOrigin(HttpContext http, ConnectionPerson person, DateTimeOffset now)
    {
        var request = new ApiRequest(http);
        return new AuditOrigin(
            now,
            new AuditCause(ConsoleSessions.CreateActor(person.Issuer, person.Subject, request), request.RequestId)
        );
    }

    private Task ShowAsync<TPage, TDetails>(HttpContext http, ConsoleCookie browser, TDetails details)
        where TPage : ConsolePage
    {
        http.Features.Set(details);
        return renderer.WriteAsync(typeof(TPage), CreateRequest(http, browser), StatusCodes.Status200OK);
    }

    private ConsoleRequest CreateRequest(HttpContext http, ConsoleCookie browser) =>
        new(http, settings, time.GetUtcNow(), browser.Derive(ConsoleEndpoints.FormPurpose));
}

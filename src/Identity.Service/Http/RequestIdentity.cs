using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Http;

/// <summary>The response headers that identify a request.</summary>
internal static class RequestIdentity
{
    public const string RequestIdHeader = "request-id";
    public const string OrganizationHeader = "anthropic-organization-id";
    public const string WorkspaceHeader = "anthropic-workspace-id";

    /// <summary>The request's id, created at first use and sent with any answer.</summary>
    public static string Get(HttpContext http)
    {
        if (http.Features.Get<RequestIdentityFeature>() is { } known)
        {
            return known.RequestId;
        }

        return Begin(http, Identifier.New("req"));
    }

    /// <summary>Gives the request its id. Ids grow with time, so that the journal's index grows only at its end.</summary>
    public static string Begin(HttpContext http, DateTimeOffset now) => Begin(http, Identifier.NewOrdered("req", now));

    private static string Begin(HttpContext http, string id)
    {
        http.Features.Set(new RequestIdentityFeature(id));
        http.Response.Headers[RequestIdHeader] = id;
        http.Response.Headers.CacheControl = "no-store";
        return id;
    }

    /// <summary>For refusals that must not reveal the organization of the presented credential.</summary>
    public static void ClearTenant(HttpContext http)
    {
        http.Response.Headers.Remove(OrganizationHeader);
        http.Response.Headers.Remove(WorkspaceHeader);
    }

    public static void SetTenant(HttpContext http, string organizationId, string? workspaceId)
    {
        http.Response.Headers[OrganizationHeader] = organizationId;
        if (workspaceId is not null)
        {
            http.Response.Headers[WorkspaceHeader] = workspaceId;
        }
    }
}

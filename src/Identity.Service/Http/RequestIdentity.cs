using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Http;

/// <summary>The headers by which every answer can be found again.</summary>
internal static class RequestIdentity
{
    public const string RequestIdHeader = "request-id";
    public const string OrganizationHeader = "anthropic-organization-id";
    public const string WorkspaceHeader = "anthropic-workspace-id";

    /// <summary>The request's id, made at first use and sent in the answer whatever becomes of it.</summary>
    public static string Of(HttpContext http)
    {
        if (http.Features.Get<RequestIdentityFeature>() is { } known)
        {
            return known.RequestId;
        }

        return Begin(http, Identifier.New("req"));
    }

    /// <summary>Gives the request its id. Ids grow with time: the journal's index of them grows at its end alone.</summary>
    public static string Begin(HttpContext http, DateTimeOffset now) => Begin(http, Identifier.NewOrdered("req", now));

    private static string Begin(HttpContext http, string id)
    {
        http.Features.Set(new RequestIdentityFeature(id));
        http.Response.Headers[RequestIdHeader] = id;
        http.Response.Headers.CacheControl = "no-store";
        return id;
    }

    /// <summary>For a refusal that must not tell whose the request seemed to be.</summary>
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

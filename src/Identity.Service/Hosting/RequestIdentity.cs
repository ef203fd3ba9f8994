namespace Culvert.Identity.Service.Hosting;

/// <summary>The headers by which every answer can be found again.</summary>
internal static class RequestIdentity
{
    public const string RequestIdHeader = "request-id";
    public const string OrganizationHeader = "anthropic-organization-id";
    public const string WorkspaceHeader = "anthropic-workspace-id";

    private static readonly object Key = new();

    /// <summary>The request's id, made at first use and sent in the answer whatever becomes of it.</summary>
    public static string Of(HttpContext http)
    {
        if (http.Items.TryGetValue(Key, out var known))
        {
            return (string)known!;
        }

        var id = Identifier.New("req");
        http.Items[Key] = id;
        http.Response.Headers[RequestIdHeader] = id;
        http.Response.Headers.CacheControl = "no-store";
        return id;
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

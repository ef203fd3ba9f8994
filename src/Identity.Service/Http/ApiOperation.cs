namespace Culvert.Identity.Service.Http;

/// <summary>An operation of port 8443, for callers inside the process.</summary>
/// <param name="Name">Method and path template, such as <c>POST /v1/tunnels/{tunnel_id}/pause</c>.</param>
internal sealed record ApiOperation(string Name, Access Access, ApiHandler Handler)
{
    /// <summary>A catch-all parameter is named like any other.</summary>
    public static string CreateName(string method, string path) =>
        $"{method} {path.Replace("{**", "{", StringComparison.Ordinal)}";
}

namespace Culvert.Identity.Service.Http;

/// <summary>An operation of 8443, for callers inside the process.</summary>
/// <param name="Name">Method and path template, as in <c>POST /v1/tunnels/{tunnel_id}/pause</c>.</param>
/// <param name="Access">Who may.</param>
/// <param name="Handler">What does it.</param>
internal sealed record ApiOperation(string Name, Access Access, ApiHandler Handler)
{
    /// <summary>A parameter for the rest of the path is named as any other.</summary>
    public static string CreateName(string method, string path) =>
        $"{method} {path.Replace("{**", "{", StringComparison.Ordinal)}";
}

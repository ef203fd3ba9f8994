namespace Culvert.Identity.Service.Hosting;

/// <summary>An operation of 8443, for whoever calls it inside the process.</summary>
/// <param name="Name">Method and path template, as in <c>POST /v1/tunnels/{tunnel_id}/pause</c>.</param>
/// <param name="Access">Who may.</param>
/// <param name="Handler">What does it.</param>
internal sealed record ApiOperation(string Name, Access Access, ApiHandler Handler);

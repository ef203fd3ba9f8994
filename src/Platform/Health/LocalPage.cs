using System.Net;
using Culvert.Platform.Addresses;
using Microsoft.AspNetCore.Http;

namespace Culvert.Platform.Health;

/// <summary>
/// Protects the status page: only this machine, only a known host name (against DNS rebinding), and no request that
/// another site caused.
/// </summary>
internal static class LocalPage
{
    public static bool Permits(HttpContext context, IReadOnlyList<string> allowedHosts)
    {
        var request = context.Request;
        var hosts = allowedHosts.Count > 0 ? allowedHosts : HealthSection.LocalNames;
        return IsLocal(context.Connection.RemoteIpAddress)
            && hosts.Any(name => HostName.AreSame(name, request.Host.Host))
            && IsOwn(request.Headers["Sec-Fetch-Site"].ToString(), "", "none", "same-origin")
            && IsOwn(request.Headers.Origin.ToString(), "", $"http://{request.Host.Value}");
    }

    // A Unix socket has no address; the permissions of its folder apply.
    private static bool IsLocal(IPAddress? remote) => remote is null || IPAddress.IsLoopback(remote);

    private static bool IsOwn(string value, params ReadOnlySpan<string> own) => own.Contains(value);
}

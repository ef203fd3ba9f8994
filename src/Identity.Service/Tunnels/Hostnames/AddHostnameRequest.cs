namespace Culvert.Identity.Service.Tunnels.Hostnames;

internal sealed record AddHostnameRequest(string Name);

namespace Culvert.Identity.Service.Tunnels.Hostnames;

internal sealed record AddHostnameRequest
{
    public required string Name { get; init; }
}

namespace Culvert.Tunnel.Agent.Upstreams.Callouts;

internal static class CalloutTools
{
    public const string List = "list_targets";
    public const string Call = "call_target";
    public const string Audience = "get_oauth_target_audience";
}

namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>Modes as the configuration and the inventory write them.</summary>
internal static class OauthText
{
    public static string ToText(OauthMode mode) =>
        mode switch
        {
            OauthMode.Required => "required",
            OauthMode.Passthrough => "passthrough",
            _ => "dangerous_none",
        };
}

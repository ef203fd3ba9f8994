using System.Security.Cryptography;
using System.Text;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tunnels.Inventory;

internal sealed record RouteCaller(string Route, string Issuer, string Subject, string ClientId)
{
    public string Key { get; } = Digest(Route, Issuer, Subject, ClientId);

    public bool IsOther => Issuer == AgentReportUseCaller.Other;

    public static RouteCaller From(AgentReportUse use, AgentReportUseCaller caller) =>
        new(use.Route, caller.Issuer, caller.Subject, caller.ClientId);

    /// <summary>The key for this caller's calls by that name.</summary>
    public string EntryKey(string kind, string name) => Digest(Key, kind, name);

    // No text contains a control character, so the separator is unambiguous.
    private static string Digest(params ReadOnlySpan<string> texts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', texts))));
}

using System.Text.Json;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Tests.Policy;

/// <summary>Short ways to write rules, callers and messages.</summary>
internal static class Policies
{
    public const string Issuer = "https://login.example.test";

    public static PolicySettings Settings(params PolicyRule[] rules) =>
        new() { Mode = PolicyMode.Enforce, Rules = rules };

    public static CompiledPolicy Compile(PolicySettings settings) => new(settings, _ => Issuer, []);

    public static CompiledPolicy Compile(params PolicyRule[] rules) => Compile(Settings(rules));

    public static RoutePolicy Route(PolicySettings settings, TimeProvider? time = null) =>
        RoutePolicy.Create(settings, _ => Issuer, [], time ?? TimeProvider.System);

    public static PolicyRule Allow(string name, params string[] tools) => Rule(name, PolicyEffect.Allow, tools);

    public static PolicyRule Deny(string name, params string[] tools) => Rule(name, PolicyEffect.Deny, tools);

    private static PolicyRule Rule(string name, PolicyEffect effect, string[] tools) =>
        new()
        {
            Name = name,
            Effect = effect,
            Tools = tools,
        };

    public static Principal Caller(
        string subject = "alice",
        string client = "inspector",
        string[]? scopes = null,
        string[]? groups = null,
        string issuer = Issuer
    ) =>
        new()
        {
            Issuer = issuer,
            Subject = subject,
            ClientId = client,
            Scopes = [.. scopes ?? []],
            Groups = [.. groups ?? []],
            EndsAt = DateTimeOffset.MaxValue,
            KeyThumbprint = null,
        };

    /// <param name="json">The claims, as in a token, besides sub and client_id.</param>
    public static PrincipalClaims Claims(string json) =>
        PrincipalClaims.Create("alice", "inspector", JsonElement.Parse(json));

    public static bool Calls(this CompiledPolicy rules, string tool, Principal? caller = null) =>
        rules.Decide(TargetKind.Tool, tool, McpMethods.CallTool, new Caller(caller)).IsAllowed;

    public static bool Reads(this CompiledPolicy rules, string uri, Principal? caller = null) =>
        rules.Decide(TargetKind.Resource, uri, McpMethods.ReadResource, new Caller(caller)).IsAllowed;
}

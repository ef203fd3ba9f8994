using System.Globalization;
using System.Text.Json;
using Culvert.Stage.Reporting;

namespace Culvert.Stage.Hops;

/// <summary>A real MCP call through the running system by the unmodified client, and the evidence of what carried it.</summary>
internal sealed class Demonstration(Installation installation, StepReporter steps, TimeProvider time)
{
    private const string Message = "hello through the tunnel";

    private string answer = "";
    private string refusal = "";
    private double milliseconds;

    public async Task CallAsync(CancellationToken cancellationToken)
    {
        var record = installation.Record;
        await CallTunnelAsync("automatic", installation.Agent, installation.Endpoint, record.Tunnel, cancellationToken);
        if (record.Manual is { } manual)
        {
            await CallTunnelAsync(
                "manual",
                installation.ManualAgent,
                installation.ManualEndpoint,
                manual,
                cancellationToken
            );
        }
    }

    /// <summary>At most ten lines that say what happened.</summary>
    public async Task<IReadOnlyList<string>> SummariseAsync(string next, CancellationToken cancellationToken)
    {
        using var api = new ManagementApi(installation.Service);
        var record = installation.Record;
        var audit = await api.GetAsync("/v1/audit?limit=200", cancellationToken);
        var certificates = await api.ListAsync($"/v1/certificates?tunnel_id={record.Tunnel.Id}", cancellationToken);
        return
        [
            $"identity     {Exchange(audit, record.AgentRuleId)}",
            $"agent        {Certificate(certificates, "agent")}, platform CA",
            $"inner TLS    {Certificate(certificates, "server")}, {Authority(certificates)}",
            $"edge         {record.EdgeId}: clients on {installation.Ingress}, agents on {installation.Edge.AgentAddress}; it cannot read the call",
            $"access       without a token: 401 and {refusal}; MCP clients register and people sign in at {installation.IdentityProvider.Issuer}",
            string.Create(
                CultureInfo.InvariantCulture,
                $"call         {installation.Endpoint} tools/call echo -> \"{answer}\", {milliseconds:0} ms with the client's start"
            ),
            $"try next     {next}",
        ];
    }

    private async Task CallTunnelAsync(
        string mode,
        TunnelAgent agent,
        Uri endpoint,
        TunnelRecord tunnel,
        CancellationToken cancellationToken
    )
    {
        var token = "";
        try
        {
            await steps.RunAsync($"no token ({mode})", agent.Process.LogFile, RefuseAsync);
            await steps.RunAsync(
                $"token for the route ({mode})",
                installation.IdentityProvider.Process.LogFile,
                AskAsync
            );
            await steps.RunAsync($"inspector: tools/list ({mode})", agent.Process.LogFile, ListAsync);
            await steps.RunAsync($"inspector: tools/call echo ({mode})", agent.Process.LogFile, EchoAsync);
        }
        catch (HopFailureException failure)
        {
            throw await Diagnosis.ExplainAsync(installation, agent, failure, cancellationToken);
        }

        async Task<string> RefuseAsync()
        {
            refusal = await Unauthenticated.CallAsync(endpoint, tunnel.TrustBundle, cancellationToken);
            return $"401, sign in as {refusal} says";
        }

        async Task<string> AskAsync()
        {
            token = await installation.TokenAsync(endpoint, cancellationToken);
            return $"by {installation.IdentityProvider.Issuer} for {endpoint}";
        }

        async Task<string> ListAsync()
        {
            var tools = await installation.Inspector.ListToolsAsync(
                endpoint,
                tunnel.TrustBundle,
                token,
                cancellationToken
            );
            return tools.Count > 0 ? $"{tools.Count} tools" : throw new HopFailureException(Inspector.Name, "no tool");
        }

        async Task<string> EchoAsync()
        {
            var started = time.GetTimestamp();
            answer = await installation.Inspector.EchoAsync(
                endpoint,
                tunnel.TrustBundle,
                token,
                Message,
                cancellationToken
            );
            milliseconds = time.GetElapsedTime(started).TotalMilliseconds;
            return answer.Contains(Message, StringComparison.Ordinal)
                ? answer
                : throw new HopFailureException(Inspector.Name, $"unexpected answer: {answer}");
        }
    }

    private string Given(JsonElement data) =>
        data.TryGetProperty("token_expires_at", out var expiry)
            ? $"token has {(DateTimeOffset.FromUnixTimeSeconds(expiry.GetInt64()) - time.GetUtcNow()).TotalSeconds:0} s left"
            : "a certificate, without a token";

    /// <summary>The newest exchange by that rule, as the audit recorded it.</summary>
    private string Exchange(JsonElement audit, string ruleId)
    {
        foreach (var entry in audit.GetProperty("data").EnumerateArray())
        {
            var data = entry.GetProperty("body").GetProperty("event_data");
            if (Text(data, "federation_rule_id") == ruleId && data.TryGetProperty("oidc_token", out var token))
            {
                var claims = token.GetProperty("claims");
                return $"{Text(claims, "iss")} vouched for {Text(claims, "sub")}; rule {ruleId}; {Given(data)}";
            }
        }

        return $"no exchange by rule {ruleId} is in the audit";
    }

    private static string Certificate(IReadOnlyList<JsonElement> certificates, string kind)
    {
        var newest = certificates.First(c => Text(c, "kind") == kind && Text(c, "status") == "issued");
        return $"serial {Text(newest, "serial")}, until {Text(newest, "not_after")}";
    }

    private static string Authority(IReadOnlyList<JsonElement> certificates) =>
        Text(certificates.First(c => Text(c, "kind") == "server"), "ca_id") is { Length: > 0 } id ? id : "unknown CA";

    private static string Text(JsonElement entry, string member) =>
        entry.TryGetProperty(member, out var value) ? value.ToString() : "";
}

using System.Buffers;
using System.Text.Json;
using Culvert.Platform.Wire;
using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Pins;

namespace Culvert.Tunnel.Agent.Policy.Approvals;

internal static class ApprovalRequests
{
    /// <param name="message">The exact bytes that are forwarded, without duplicate members.</param>
    /// <param name="inputs">What is forwarded in addition to the message.</param>
    public static CallApprovalRequest Create(
        string tunnelId,
        CallRecord record,
        PolicyRule rule,
        McpMessage message,
        CallInputs inputs
    )
    {
        var parameters = message.Parameters;
        var approval = rule.Approval!;
        return Create(
            record,
            rule.Name,
            approval,
            Bind(tunnelId, record, ParameterDigest.Compute(parameters), inputs),
            ShownArguments.Describe(
                parameters.ValueKind == JsonValueKind.Object
                && parameters.TryGetProperty("arguments", out var arguments)
                    ? arguments
                    : default,
                approval.Shown,
                rule.Masked
            )
        );
    }

    /// <summary>The request for the approval of a finding, which is for no other finding.</summary>
    public static CallApprovalRequest Create(
        string tunnelId,
        CallRecord record,
        CallIdentity call,
        HeldFinding finding
    ) =>
        Create(
            record,
            finding.Rule,
            finding.Approval,
            Bind(tunnelId, record, call.Parameters, call.Inputs, json => json.WriteString("finding"u8, finding.Digest)),
            finding.Shown
        );

    /// <param name="writeRules">Writes members that are equal for the same rules and claims.</param>
    public static CallIdentity Identify(
        string tunnelId,
        CallRecord record,
        McpMessage message,
        CallInputs inputs,
        Action<Utf8JsonWriter> writeRules
    )
    {
        var parameters = ParameterDigest.Compute(message.Parameters);
        return new CallIdentity(Bind(tunnelId, record, parameters, inputs, writeRules), parameters, inputs);
    }

    private static CallApprovalRequest Create(
        CallRecord record,
        string rule,
        RuleApproval approval,
        string binding,
        IReadOnlyList<CallApprovalArgument> arguments
    ) =>
        new(
            Binding: binding,
            Route: record.Route,
            Hostname: record.Host,
            Method: record.Method,
            Kind: record.Kind,
            Name: record.Name,
            Rule: rule,
            Issuer: record.Issuer,
            Subject: record.Subject,
            ClientId: record.ClientId,
            PolicyVersion: record.PolicyVersion,
            Pin: record.Pin,
            Approvers: approval.Approvers,
            ExpiresIn: (int)approval.Expires.TotalSeconds,
            Arguments: arguments
        );

    /// <summary>A digest of everything that an approval covers (RFC 8785, SHA-256).</summary>
    /// <param name="writeMore">Writes what it covers in addition to the call; null: nothing.</param>
    private static string Bind(
        string tunnelId,
        CallRecord record,
        string parameters,
        CallInputs inputs,
        Action<Utf8JsonWriter>? writeMore = null
    )
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("tunnel"u8, tunnelId);
            json.WriteString("route"u8, record.Route);
            json.WriteString("hostname"u8, record.Host);
            json.WriteString("method"u8, record.Method);
            json.WriteString("kind"u8, record.Kind);
            json.WriteString("name"u8, record.Name);
            json.WriteString("parameters"u8, parameters);
            json.WriteString("query"u8, inputs.Query);
            json.WriteStartObject("headers"u8);
            foreach (var (name, values) in inputs.Parameters)
            {
                json.WriteStartArray(name);
                foreach (var value in values)
                {
                    json.WriteStringValue(value);
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
            json.WriteStartObject("principal"u8);
            json.WriteString("iss"u8, record.Issuer);
            json.WriteString("sub"u8, record.Subject);
            json.WriteString("client_id"u8, record.ClientId);
            json.WriteEndObject();
            json.WriteString("policy_version"u8, record.PolicyVersion);
            json.WriteString("pin"u8, record.Pin);
            writeMore?.Invoke(json);
            json.WriteEndObject();
        }

        using var document = JsonDocument.Parse(buffer.WrittenMemory);
        return CanonicalJson.Digest(document.RootElement);
    }
}

using System.Runtime.InteropServices;
using System.Text.Json;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Mcp;

/// <summary>
/// Reads a message so that the server cannot read it otherwise (P11, M8). Checks, in this order: 1. JSON, depth, members
/// twice, 2. one object, 3. look-alike members, 4. JSON-RPC, 5. parameters, 6. headers.
/// </summary>
internal static class MessageReader
{
    // Deep enough to tell "too deep" from "no JSON" without room for a stack to overflow.
    private const int DeepestEver = 10_000;
    internal const int MaxIdBytes = 256;
    internal const int MaxTraceLength = 55; // W3C Trace Context §3.2: a version 00 value has exactly as many

    private static readonly string[] InMessage = ["jsonrpc", "id", "method", "params", "result", "error"];
    private static readonly string[] InParams = ["name", "uri", "ref", "arguments", "_meta", "notifications"];
    private static readonly string[] InReference = ["type", "name", "uri"];
    private static readonly string[] InMeta = [VersionMember];
    private static readonly string[] InListen = ["resourceSubscriptions"];

    internal const string VersionMember = "io.modelcontextprotocol/protocolVersion";

    /// <param name="body">The whole body.</param>
    /// <param name="headers">Of the same request.</param>
    /// <param name="maxDepth">Deepest nesting.</param>
    /// <returns>The message, or why it must not pass; a refusal still has the id where one could be read.</returns>
    public static (McpMessage? Message, Failure? Failure, ReadOnlyMemory<byte> Id) Read(
        ReadOnlyMemory<byte> body,
        IHeaderDictionary headers,
        int maxDepth
    )
    {
        if (PlainMessage.Read(body, maxDepth) is not { } plain)
        {
            return ReadWithCare(body, headers, maxDepth);
        }

        var failure = ReadHeaders(headers, plain, hasId: !plain.Id.IsEmpty);
        return (failure is null ? plain : null, failure, plain.Id);
    }

    /// <summary>As <see cref="Read"/>, of any message.</summary>
    internal static (McpMessage? Message, Failure? Failure, ReadOnlyMemory<byte> Id) ReadWithCare(
        ReadOnlyMemory<byte> body,
        IHeaderDictionary headers,
        int maxDepth
    )
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(body, Options(false, maxDepth));
        }
        catch (JsonException)
        {
            return (null, FaultOf(body, maxDepth), default);
        }

        using (document)
        {
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                return (
                    null,
                    root.ValueKind == JsonValueKind.Array ? PolicyFailures.Batch : PolicyFailures.NotAnObject,
                    default
                );
            }

            try
            {
                var id = IdOf(root);
                var failure = ReadMessage(body, root, headers, out var message);
                message?.Id = id;
                return (failure is null ? message : null, failure, id);
            }
            catch (InvalidOperationException)
            {
                return (null, PolicyFailures.NotJson, default); // text that is no UTF-8, or half a surrogate pair
            }
        }
    }

    private static Failure? ReadMessage(
        ReadOnlyMemory<byte> body,
        JsonElement root,
        IHeaderDictionary headers,
        out McpMessage? message
    )
    {
        message = null;
        if (MemberNames.HasLookAlike(root, InMessage))
        {
            return PolicyFailures.LookAlikeKey;
        }

        var hasId = root.TryGetProperty("id", out var id);
        if (
            !root.TryGetProperty("jsonrpc", out var version)
            || version.ValueKind != JsonValueKind.String
            || !version.ValueEquals("2.0"u8)
            || (hasId && !IsId(id))
        )
        {
            return PolicyFailures.Invalid;
        }

        if (!root.TryGetProperty("method", out var member))
        {
            if (!hasId || (!root.TryGetProperty("result", out _) && !root.TryGetProperty("error", out _)))
            {
                return PolicyFailures.Invalid;
            }

            message = new McpMessage { Method = "", ProtocolVersion = VersionIn(headers) };
            return null;
        }

        if (
            member.ValueKind != JsonValueKind.String
            || member.GetString() is not { Length: > 0 } method
            || root.TryGetProperty("result", out _)
            || root.TryGetProperty("error", out _)
        )
        {
            return PolicyFailures.Invalid;
        }

        message = new McpMessage { Method = method };
        return ReadParams(body, root, message) ?? ReadHeaders(headers, message, hasId);
    }

    private static Failure? ReadHeaders(IHeaderDictionary headers, McpMessage message, bool hasId)
    {
        if (!Agree(headers, message, hasId, out var isModern, out var spoken))
        {
            return PolicyFailures.HeadersMismatch;
        }

        (message.IsModern, message.ProtocolVersion) = (isModern, spoken);
        return null;
    }

    private static Failure? ReadParams(ReadOnlyMemory<byte> body, JsonElement root, McpMessage message)
    {
        var method = message.Method;
        var kind = McpMethods.TargetOf(method, out var member);
        if (!root.TryGetProperty("params", out var parameters))
        {
            return kind is null && method != McpMethods.Complete ? null : PolicyFailures.ParamsInvalid;
        }

        if (parameters.ValueKind != JsonValueKind.Object)
        {
            return PolicyFailures.ParamsInvalid;
        }

        if (MemberNames.HasLookAlike(parameters, InParams))
        {
            return PolicyFailures.LookAlikeKey;
        }

        if (ReadMeta(parameters, message) is { } failure)
        {
            return failure;
        }

        if (kind is not null)
        {
            if (!parameters.TryGetProperty(member, out var name) || name.ValueKind != JsonValueKind.String)
            {
                return PolicyFailures.ParamsInvalid;
            }

            (message.Kind, message.Name) = (kind, name.GetString()!);
        }
        else if (method == McpMethods.Complete)
        {
            return ReadReference(parameters, message);
        }
        else if (method == McpMethods.Listen)
        {
            return ReadSubscriptions(parameters, message);
        }

        if (parameters.TryGetProperty("arguments", out var arguments))
        {
            var raw = JsonMarshal.GetRawUtf8Value(arguments);
            message.Arguments = body.Span.Overlaps(raw, out var at) ? body.Slice(at, raw.Length) : raw.ToArray();
        }

        return null;
    }

    private static Failure? ReadMeta(JsonElement parameters, McpMessage message)
    {
        if (!parameters.TryGetProperty("_meta", out var meta))
        {
            return null;
        }

        if (meta.ValueKind != JsonValueKind.Object)
        {
            return PolicyFailures.ParamsInvalid;
        }

        if (MemberNames.HasVariant(meta, InMeta))
        {
            return PolicyFailures.LookAlikeKey;
        }

        message.ProtocolVersion = Text(meta, VersionMember);
        message.TraceParent = Text(meta, "traceparent") is { Length: <= MaxTraceLength } trace ? trace : "";
        return null;
    }

    // What a completion is about is a prompt, or a template of resources.
    private static Failure? ReadReference(JsonElement parameters, McpMessage message)
    {
        if (!parameters.TryGetProperty("ref", out var reference) || reference.ValueKind != JsonValueKind.Object)
        {
            return PolicyFailures.ParamsInvalid;
        }

        if (MemberNames.HasLookAlike(reference, InReference))
        {
            return PolicyFailures.LookAlikeKey;
        }

        (TargetKind? kind, var member) = Text(reference, "type") switch
        {
            "ref/prompt" => (TargetKind.Prompt, "name"),
            "ref/resource" => (TargetKind.Resource, "uri"),
            _ => ((TargetKind?)null, ""),
        };
        if (kind is null || Text(reference, member) is not { Length: > 0 } name)
        {
            return PolicyFailures.ParamsInvalid;
        }

        (message.Kind, message.Name) = (kind, name);
        return null;
    }

    private static Failure? ReadSubscriptions(JsonElement parameters, McpMessage message)
    {
        if (!parameters.TryGetProperty("notifications", out var wanted))
        {
            return null;
        }

        if (wanted.ValueKind != JsonValueKind.Object)
        {
            return PolicyFailures.ParamsInvalid;
        }

        if (MemberNames.HasVariant(wanted, InListen))
        {
            return PolicyFailures.LookAlikeKey;
        }

        if (!wanted.TryGetProperty("resourceSubscriptions", out var list))
        {
            return null;
        }

        if (
            list.ValueKind != JsonValueKind.Array
            || list.EnumerateArray().Any(uri => uri.ValueKind != JsonValueKind.String)
        )
        {
            return PolicyFailures.ParamsInvalid;
        }

        message.Resources = [.. list.EnumerateArray().Select(uri => uri.GetString()!)];
        return null;
    }

    /// <summary>
    /// Revisions from 2026-07-28 on repeat method and name in headers and must; older ones need not, and what they repeat
    /// must be true all the same: a server or a balancer may go by it.
    /// </summary>
    private static bool Agree(
        IHeaderDictionary headers,
        McpMessage message,
        bool isRequest,
        out bool isModern,
        out string version
    )
    {
        var spoken = headers[McpHeaders.ProtocolVersion];
        var inBody = message.ProtocolVersion;
        version = spoken.Count == 1 ? spoken.ToString() : inBody;
        isModern = McpRevision.IsModern(version) || McpRevision.IsModern(inBody);
        if (
            spoken.Count > 1
            || !Operation.Agrees(headers[McpHeaders.Method], message.Method)
            || !Operation.Agrees(headers[McpHeaders.Name], message.Kind is null ? null : message.Name)
        )
        {
            return false;
        }

        return !isModern
            || !isRequest
            || (
                (inBody.Length == 0 || string.Equals(inBody, version, StringComparison.Ordinal))
                && (inBody.Length == 0 || spoken.Count == 1)
                && headers[McpHeaders.Method].Count == 1
                && (!NeedsName(message.Method) || headers[McpHeaders.Name].Count == 1)
            );
    }

    private static bool NeedsName(string method) =>
        method is McpMethods.CallTool or McpMethods.GetPrompt or McpMethods.ReadResource;

    private static string VersionIn(IHeaderDictionary headers) =>
        headers[McpHeaders.ProtocolVersion] is { Count: 1 } version ? version.ToString() : "";

    private static Failure FaultOf(ReadOnlyMemory<byte> body, int maxDepth) =>
        Parses(body, true, maxDepth) ? PolicyFailures.DuplicateKey
        : Parses(body, true, DeepestEver) ? PolicyFailures.TooDeep
        : PolicyFailures.NotJson;

    private static bool Parses(ReadOnlyMemory<byte> body, bool allowDuplicates, int maxDepth)
    {
        try
        {
            using var document = JsonDocument.Parse(body, Options(allowDuplicates, maxDepth));
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static JsonDocumentOptions Options(bool allowDuplicates, int maxDepth) =>
        new() { AllowDuplicateProperties = allowDuplicates, MaxDepth = maxDepth };

    private static ReadOnlyMemory<byte> IdOf(JsonElement root) =>
        root.TryGetProperty("id", out var id) && IsId(id) ? JsonMarshal.GetRawUtf8Value(id).ToArray() : default;

    private static bool IsId(JsonElement id) =>
        id.ValueKind is JsonValueKind.String or JsonValueKind.Number
        && JsonMarshal.GetRawUtf8Value(id).Length <= MaxIdBytes;

    private static string Text(JsonElement element, string member) =>
        element.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : "";
}
